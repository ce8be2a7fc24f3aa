package store

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
)

// openReadOnly opens a library that this user may not write.
//
// What was saved last may stand in the -wal file beside it. To read that, SQLite
// wants to share a -shm file with whoever writes. If there is no -wal, the file
// alone is the library; if there is and SQLite can use it, fine; else the library
// is read from a copy, in which the two are merged. One that an older Weighline made
// is brought to the present form in a copy, too.
func (s *Store) openReadOnly(ctx context.Context) error {
	q := url.Values{"mode": {"ro"}, "_busy_timeout": {"5000"}}
	if info, err := os.Stat(s.path + "-wal"); err != nil || info.Size() == 0 {
		q.Set("immutable", "1")
	}
	var err error
	if s.db, err = sql.Open("sqlite3", source(s.path, q)); err != nil {
		return err
	}
	_, version, _, err := stamp(ctx, s.db)
	newest, globErr := scripts()
	if globErr != nil || err == nil && version >= len(newest) {
		return globErr
	}
	if q.Has("immutable") && err != nil {
		return nil // damaged: who reads it next says how
	}
	_ = s.db.Close() // it could not be read, or is in an older form
	return s.openCopy()
}

// openCopy opens a copy of the library, which lasts until Close.
func (s *Store) openCopy() error {
	dir, err := os.MkdirTemp("", "weighline-library-")
	if err != nil {
		return err
	}
	s.temp = dir
	file := filepath.Join(dir, "library.db")
	if err := copyLibrary(s.path, file); err != nil {
		return err
	}
	s.db, err = sql.Open("sqlite3", source(file, url.Values{"_busy_timeout": {"5000"}}))
	return err
}

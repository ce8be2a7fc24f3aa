// Package store keeps the library: saved builds with their plans, and the cache
// of layer indexes, in one SQLite file that the desktop app and weigh share.
//
// A [Store] may be used from several goroutines, and several programs may have
// the same file open. What a method has returned without an error is on disk:
// a kill of the program at any later moment does not lose it.
package store

import (
	"context"
	"database/sql"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a SQLite file as a library of Weighline ("WGHL").
const applicationID = 0x5747484C

// A Store is an open library.
type Store struct {
	db       *sql.DB
	path     string
	readOnly bool
	now      func() time.Time
	temp     string // folder of a copy that is removed again, see openCopy
	// cacheLimit is how many bytes of layer indexes are kept beside those that
	// saved builds need.
	cacheLimit atomic.Int64
}

// DefaultPath returns where the library of this user is: $WEIGHLINE_LIBRARY, or
// weighline/weighline.db below $XDG_DATA_HOME or the platform's equivalent.
func DefaultPath() (string, error) {
	if p := os.Getenv("WEIGHLINE_LIBRARY"); p != "" {
		return p, nil
	}
	if p := os.Getenv("XDG_DATA_HOME"); p != "" && filepath.IsAbs(p) {
		return filepath.Join(p, "weighline", "weighline.db"), nil
	}
	switch runtime.GOOS {
	case "windows", "darwin":
		dir, err := os.UserConfigDir() // %AppData%, ~/Library/Application Support
		return filepath.Join(dir, "weighline", "weighline.db"), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "weighline", "weighline.db"), err
}

// Open opens the library at path and makes it, with its folder, where there is
// none. A library that this user may not write is opened for reading. The
// errors that a user can do something about are [ErrNewer], [ErrForeign],
// [ErrCorrupt] and those of the file system.
func Open(ctx context.Context, path string) (*Store, error) {
	s := &Store{path: path, now: time.Now}
	s.cacheLimit.Store(defaultCacheLimit)
	if err := s.open(ctx); err != nil {
		_ = s.Close() // what is wrong is told by err
		return nil, s.explain("open", err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600)
	switch {
	case err == nil:
		known, err := checkHeader(f)
		f.Close()
		if err == nil && !known {
			err = s.peek(ctx)
		}
		if err != nil {
			return err
		}
	case errors.Is(err, fs.ErrPermission) || strings.Contains(err.Error(), "read-only file system"):
		s.readOnly = true
	default:
		return err
	}
	return s.ready(ctx)
}

// ready opens the database of a file that was looked at.
func (s *Store) ready(ctx context.Context) (err error) {
	if s.readOnly {
		err = s.openReadOnly(ctx)
	} else {
		s.db, err = sql.Open("sqlite3", dsn(s.path))
	}
	if err != nil {
		return err
	}
	// Readers do not block each other under WAL; a few connections are enough.
	s.db.SetMaxOpenConns(4)
	if err := s.migrate(ctx); err != nil {
		return err
	}
	return s.loadSettings(ctx)
}

// checkHeader looks at the first page of the file, so that a file which is no
// library of this version is not even touched. An empty one is new; known is
// false where the header does not tell. The places in it are those of "The
// SQLite Database File Format", section 1.3.
func checkHeader(f *os.File) (known bool, err error) {
	var h [100]byte
	switch n, err := io.ReadFull(f, h[:]); {
	case n == 0:
		return true, nil
	case err != nil || string(h[:16]) != "SQLite format 3\x00":
		return true, ErrCorrupt
	}
	version, id := binary.BigEndian.Uint32(h[60:]), binary.BigEndian.Uint32(h[68:])
	if id == 0 && version == 0 {
		return false, nil // another program's, or ours that is being made right now
	}
	return true, checkVersion(int(id), int(version), true)
}

// peek looks at the library without writing to it.
func (s *Store) peek(ctx context.Context) error {
	db, err := sql.Open("sqlite3", source(s.path, url.Values{"mode": {"ro"}, "_busy_timeout": {"5000"}}))
	if err != nil {
		return err
	}
	defer db.Close()
	id, version, tables, err := stamp(ctx, db)
	if err != nil {
		return err
	}
	return checkVersion(id, version, tables > 0)
}

// stamp returns what a database says of whose and which version it is.
func stamp(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (id, version, tables int, err error) {
	err = db.QueryRowContext(ctx, `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id, pragma_user_version`).Scan(&id, &version, &tables)
	return id, version, tables, err
}

// checkVersion returns an error unless a database with that application ID and
// version, and with tables or not, can be a library of this program.
func checkVersion(id, version int, tables bool) error {
	scripts, err := scripts()
	switch {
	case err != nil:
		return err
	case id != applicationID && (id != 0 || version != 0 || tables):
		return ErrForeign
	case version > len(scripts):
		return fmt.Errorf("%w (version %d; this one reads up to %d)", ErrNewer, version, len(scripts))
	}
	return nil
}

// dsn returns the data source name of a library that may be written. The pragmas
// are part of it, not Exec statements, because database/sql opens more connections
// later.
func dsn(path string) string {
	return source(path, url.Values{
		"_foreign_keys": {"on"},
		"_busy_timeout": {"5000"},
		"_txlock":       {"immediate"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
	})
}

func source(path string, q url.Values) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// scripts returns the names of the migrations, in order.
func scripts() ([]string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	slices.Sort(names)
	return names, err
}

// migrate brings the schema to the newest version, one numbered script at a
// time, each in a transaction with the version that it leads to.
func (s *Store) migrate(ctx context.Context) error {
	scripts, err := scripts()
	if err != nil {
		return err
	}
	copied := s.temp != ""
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: s.readOnly && !copied})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back

	id, version, tables, err := stamp(ctx, tx)
	if err != nil {
		return err
	}
	if err := checkVersion(id, version, tables > 0); err != nil {
		return err
	}
	switch {
	case version == len(scripts):
		return nil
	case s.readOnly && !copied:
		return ErrReadOnly
	}
	for i, name := range scripts[version:] {
		script, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(script)); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
		if _, err := tx.ExecContext(ctx, "PRAGMA user_version = "+strconv.Itoa(version+i+1)); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "PRAGMA application_id = "+strconv.Itoa(applicationID)); err != nil {
		return err
	}
	return tx.Commit()
}

// Close closes the library.
func (s *Store) Close() error {
	var err error
	if s.db != nil {
		err = s.db.Close()
	}
	if s.temp != "" {
		err = errors.Join(err, os.RemoveAll(s.temp))
	}
	return err
}

// Path returns where the library is.
func (s *Store) Path() string { return s.path }

// ReadOnly reports whether nothing can be saved in this library.
func (s *Store) ReadOnly() bool { return s.readOnly }

// write runs f in a transaction that is on disk when write returns nil.
func (s *Store) write(ctx context.Context, op string, f func(tx *sql.Tx) error) error {
	if s.readOnly {
		return s.explain(op, ErrReadOnly)
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.explain(op, err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if err := f(tx); err != nil {
		return s.explain(op, err)
	}
	return s.explain(op, tx.Commit())
}

func millis(t time.Time) int64      { return t.UnixMilli() }
func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

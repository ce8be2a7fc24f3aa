package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"weighline/analysis"
)

// Export writes the saved builds, with the layers that they need, to a new file:
// a library of its own, that [Store.Import] reads and that --library opens. The
// cache and the bin stay behind, and so do passwords of package indexes: they are
// stars in the texts of requirements. A file that is there is not overwritten; after
// an error nothing is left at path.
func (s *Store) Export(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return s.explain("export", fmt.Errorf("%s: %w", path, os.ErrExist))
	}
	tmp, err := os.MkdirTemp(filepath.Dir(path), ".weighline-export-")
	if err != nil {
		return s.explain("export", err)
	}
	defer os.RemoveAll(tmp) //nolint:errcheck // nothing that is needed lies there
	file := filepath.Join(tmp, "library.db")
	if _, err := s.db.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return s.explain("export", err)
	}
	copied, err := Open(ctx, file)
	if err != nil {
		return err
	}
	if err := errors.Join(copied.redact(ctx), copied.Shrink(ctx), copied.asOneFile(ctx), copied.Close()); err != nil {
		return err
	}
	// A link fails where a rename would take another file's place.
	if err := os.Link(file, path); errors.Is(err, os.ErrExist) {
		return s.explain("export", fmt.Errorf("%s: %w", path, os.ErrExist))
	} else if err != nil {
		if err := os.Rename(file, path); err != nil {
			return s.explain("export", err)
		}
	}
	return nil
}

// redact takes the passwords out of all builds. Free pages hold them until
// [Store.Shrink].
func (s *Store) redact(ctx context.Context) error {
	return s.write(ctx, "export", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT id, result FROM builds WHERE deleted_at = 0")
		if err != nil {
			return err
		}
		defer rows.Close()
		changed := map[int64][]byte{}
		for rows.Next() {
			var id int64
			var packed []byte
			if err := rows.Scan(&id, &packed); err != nil {
				return err
			}
			result, err := decompress(packed)
			if err != nil {
				continue // damaged: nothing in it can be read
			}
			if clean := analysis.WithoutPasswords(result); !bytes.Equal(clean, result) {
				if changed[id], err = compress(clean); err != nil {
					return err
				}
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for id, packed := range changed {
			if _, err := tx.ExecContext(ctx, "UPDATE builds SET result = ? WHERE id = ?", packed, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// asOneFile takes the library out of WAL, so that it is whole without files
// beside it.
func (s *Store) asOneFile(ctx context.Context) error {
	s.db.SetMaxOpenConns(1)
	_, err := s.db.ExecContext(ctx, "PRAGMA journal_mode = DELETE")
	return s.explain("export", err)
}

// Imported counts what [Store.Import] did.
type Imported struct {
	Added   int
	Renamed []string // names that those got whose own name was taken
	Same    int      // that were there already, with the same content
	Layers  int      // layer indexes that came with them
}

// Import adds the saved builds of the library at path, all or none. One whose
// name is taken by another build gets a new name; one that is there already is
// left out. The file is only read, also if an older Weighline made it.
func (s *Store) Import(ctx context.Context, path string) (Imported, error) {
	var done Imported
	tmp, err := os.MkdirTemp("", "weighline-import-")
	if err != nil {
		return done, s.explain("import into", err)
	}
	defer os.RemoveAll(tmp) //nolint:errcheck // nothing that is needed lies there
	file := filepath.Join(tmp, "library.db")
	if err := copyLibrary(path, file); err != nil {
		return done, s.explain("import into", err)
	}
	other, err := Open(ctx, file)
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			e.Path = path // not that of the copy
		}
		return done, err
	}
	defer other.Close() // it was only read
	err = s.write(ctx, "import into", func(tx *sql.Tx) error {
		done = Imported{}
		return s.take(ctx, tx, other, &done)
	})
	return done, err
}

// copyLibrary copies a library with what was not merged into it yet.
func copyLibrary(from, to string) error {
	if err := copyFile(from, to); err != nil {
		return err
	}
	if err := copyFile(from+"-wal", to+"-wal"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// take copies the builds of other into the transaction.
func (s *Store) take(ctx context.Context, tx *sql.Tx, other *Store, done *Imported) error {
	rows, err := other.db.QueryContext(ctx, "SELECT id, name, notes, reference, digest, created_at, updated_at, summary, plan, result FROM builds WHERE deleted_at = 0 ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, created, updated int64
		var name, notes, reference, digest, summary, plan string
		var result []byte
		if err := rows.Scan(&id, &name, &notes, &reference, &digest, &created, &updated, &summary, &plan, &result); err != nil {
			return err
		}
		var same int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM builds WHERE deleted_at = 0 AND reference = ? AND created_at = ? AND plan = ? AND result = ?",
			reference, created, plan, result).Scan(&same); err != nil {
			return err
		}
		if same > 0 {
			done.Same++
			continue
		}
		free, err := freeName(ctx, tx, name)
		if err != nil {
			return err
		}
		if free != name {
			done.Renamed = append(done.Renamed, free)
		}
		r, err := tx.ExecContext(ctx, `INSERT INTO builds (name, notes, reference, digest, created_at, updated_at, summary, plan, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			free, notes, reference, digest, created, updated, summary, plan, result)
		if err != nil {
			return err
		}
		to, err := r.LastInsertId()
		if err != nil {
			return err
		}
		if err := s.takeLayers(ctx, tx, other, id, to, done); err != nil {
			return err
		}
		done.Added++
	}
	return rows.Err()
}

// takeLayers copies the layers that a build of other needs.
func (s *Store) takeLayers(ctx context.Context, tx *sql.Tx, other *Store, from, to int64, done *Imported) error {
	rows, err := other.db.QueryContext(ctx, "SELECT b.diff_id, l.data FROM build_layers b LEFT JOIN layers l ON l.diff_id = b.diff_id WHERE b.build_id = ?", from)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var diffID string
		var data []byte
		if err := rows.Scan(&diffID, &data); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO build_layers (build_id, diff_id) VALUES (?, ?)", to, diffID); err != nil {
			return err
		}
		if data == nil {
			continue
		}
		r, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO layers (diff_id, size, used_at, data) VALUES (?, ?, ?, ?)", diffID, len(data), millis(s.now()), data)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err == nil {
			done.Layers += int(n)
		}
	}
	return rows.Err()
}

// freeName returns name, or name with a number behind it that no build has.
func freeName(ctx context.Context, tx *sql.Tx, name string) (string, error) {
	for n := 1; ; n++ {
		free := name
		if n > 1 {
			free = fmt.Sprintf("%s (%d)", name, n)
		}
		var taken int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM builds WHERE deleted_at = 0 AND name = ?", free).Scan(&taken); err != nil || taken == 0 {
			return free, err
		}
	}
}

// Duplicate saves the build again under a free name, "NAME (2)" or the like, and
// returns it without its result.
func (s *Store) Duplicate(ctx context.Context, id int64) (Build, error) {
	var b Build
	err := s.write(ctx, "save in", func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, "SELECT "+listColumns+" FROM builds WHERE id = ? AND deleted_at = 0", id)
		var err error
		if b, err = scan(row.Scan); err != nil {
			return err
		}
		if b.Name, err = freeName(ctx, tx, b.Name); err != nil {
			return err
		}
		b.Created = fromMillis(millis(s.now()))
		b.Updated = b.Created
		r, err := tx.ExecContext(ctx, `INSERT INTO builds (name, notes, reference, digest, created_at, updated_at, summary, plan, result)
			SELECT ?, notes, reference, digest, ?, ?, summary, plan, result FROM builds WHERE id = ?`, b.Name, millis(b.Created), millis(b.Created), id)
		if err != nil {
			return taken(err)
		}
		if b.ID, err = r.LastInsertId(); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO build_layers (build_id, diff_id) SELECT ?, diff_id FROM build_layers WHERE build_id = ?", b.ID, id)
		return err
	})
	return b, err
}

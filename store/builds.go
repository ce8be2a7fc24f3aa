package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/mattn/go-sqlite3"
)

// A Summary is what a list shows of a saved build without reading its result.
// Sizes are bytes; a Download or Unpacked of -1 is unknown.
type Summary struct {
	Packages        int   `json:"packages"`
	PackagesAfter   int   `json:"packages_after"`
	Download        int64 `json:"download"`
	DownloadAfter   int64 `json:"download_after"`
	Unpacked        int64 `json:"unpacked"`
	UnpackedAfter   int64 `json:"unpacked_after"`
	UnknownSizes    int   `json:"unknown_sizes,omitempty"`    // missing from Download
	UnknownUnpacked int   `json:"unknown_unpacked,omitempty"` // missing from Unpacked
	Layers          int   `json:"layers,omitempty"`
	EstimatedUnpack bool  `json:"estimated_unpacked,omitempty"`
	// EstimatedDownload tells that DownloadAfter is an estimate.
	EstimatedDownload bool `json:"estimated_download,omitempty"`
}

// A Build is a saved build. Plan and Result are bytes to the store: the caller
// encodes and decodes them.
type Build struct {
	ID        int64
	Name      string // unique among the builds that are not deleted
	Notes     string
	Reference string // what was opened
	Digest    string // of the image's manifest, if there is one
	Created   time.Time
	Updated   time.Time
	Summary   Summary
	Plan      json.RawMessage
	Result    []byte   // empty in a list
	Layers    []string // diff IDs of layer indexes that it needs; empty in a list
}

// Save keeps b under its name and returns it with its ID and times. A b with
// ID 0 is new and its name must be free ([ErrNameTaken]); otherwise the saved
// build with that ID is replaced.
func (s *Store) Save(ctx context.Context, b Build) (Build, error) {
	result, err := compress(b.Result)
	if err != nil {
		return b, err
	}
	summary, err := json.Marshal(b.Summary)
	if err != nil {
		return b, err
	}
	if len(b.Plan) == 0 {
		b.Plan = json.RawMessage("{}")
	}
	b.Updated = fromMillis(millis(s.now()))
	if b.ID == 0 {
		b.Created = b.Updated
	}
	err = s.write(ctx, "save in", func(tx *sql.Tx) error {
		if b.ID == 0 {
			r, err := tx.ExecContext(ctx, `INSERT INTO builds (name, notes, reference, digest, created_at, updated_at, summary, plan, result)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				b.Name, b.Notes, b.Reference, b.Digest, millis(b.Created), millis(b.Updated), string(summary), string(b.Plan), result)
			if err != nil {
				return taken(err)
			}
			if b.ID, err = r.LastInsertId(); err != nil {
				return err
			}
		} else {
			r, err := tx.ExecContext(ctx, `UPDATE builds SET name = ?, notes = ?, reference = ?, digest = ?, updated_at = ?, summary = ?, plan = ?, result = ?, deleted_at = 0
				WHERE id = ?`,
				b.Name, b.Notes, b.Reference, b.Digest, millis(b.Updated), string(summary), string(b.Plan), result, b.ID)
			if err := oneRow(r, err); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM build_layers WHERE build_id = ?", b.ID); err != nil {
				return err
			}
		}
		for _, diffID := range b.Layers {
			if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO build_layers (build_id, diff_id) VALUES (?, ?)", b.ID, diffID); err != nil {
				return err
			}
		}
		return nil
	})
	return b, err
}

// taken turns the violation of a unique index into [ErrNameTaken].
func taken(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && e.ExtendedCode == sqlite3.ErrConstraintUnique {
		return ErrNameTaken
	}
	return err
}

// oneRow returns [ErrNotFound] when r changed no row.
func oneRow(r sql.Result, err error) error {
	if err != nil {
		return taken(err)
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

const listColumns = "id, name, notes, reference, digest, created_at, updated_at, summary, plan"

// List returns the saved builds without their results, the latest first.
func (s *Store) List(ctx context.Context) ([]Build, error) {
	return s.list(ctx, "WHERE deleted_at = 0 ORDER BY updated_at DESC, id DESC")
}

// History returns the saved builds of one reference without their results,
// the oldest first.
func (s *Store) History(ctx context.Context, reference string) ([]Build, error) {
	return s.list(ctx, "WHERE deleted_at = 0 AND reference = ? ORDER BY created_at, id", reference)
}

func (s *Store) list(ctx context.Context, where string, args ...any) ([]Build, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+listColumns+" FROM builds "+where, args...)
	if err != nil {
		return nil, s.explain("read", err)
	}
	defer rows.Close()
	var out []Build
	for rows.Next() {
		b, err := scan(rows.Scan)
		if err != nil {
			return out, s.explain("read", err)
		}
		out = append(out, b)
	}
	return out, s.explain("read", rows.Err())
}

func scan(scan func(...any) error, more ...any) (Build, error) {
	var (
		b                Build
		created, updated int64
		summary, plan    string
	)
	dest := append([]any{&b.ID, &b.Name, &b.Notes, &b.Reference, &b.Digest, &created, &updated, &summary, &plan}, more...)
	if err := scan(dest...); err != nil {
		return b, err
	}
	b.Created, b.Updated, b.Plan = fromMillis(created), fromMillis(updated), json.RawMessage(plan)
	if err := json.Unmarshal([]byte(summary), &b.Summary); err != nil {
		return b, fmt.Errorf("%w: summary of %q: %w", ErrCorrupt, b.Name, err)
	}
	return b, nil
}

// Get returns the saved build of that name, whole, or [ErrNotFound].
func (s *Store) Get(ctx context.Context, name string) (Build, error) {
	return s.get(ctx, "name = ? AND deleted_at = 0", name)
}

// GetID returns the saved build of that ID, whole, or [ErrNotFound].
func (s *Store) GetID(ctx context.Context, id int64) (Build, error) {
	return s.get(ctx, "id = ? AND deleted_at = 0", id)
}

func compress(result []byte) ([]byte, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return enc.EncodeAll(result, nil), nil
}

func decompress(packed []byte) ([]byte, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxResult))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	return dec.DecodeAll(packed, nil)
}

// maxResult bounds what a result may unpack to, in bytes: a damaged or foreign
// library must not take all memory.
const maxResult = 1 << 30

func (s *Store) get(ctx context.Context, where string, arg any) (Build, error) {
	var packed []byte
	row := s.db.QueryRowContext(ctx, "SELECT "+listColumns+", result FROM builds WHERE "+where, arg)
	b, err := scan(row.Scan, &packed)
	if err != nil {
		return b, s.explain("read", err)
	}
	if b.Result, err = decompress(packed); err != nil {
		return b, s.explain("read", fmt.Errorf("%w: result of %q: %w", ErrCorrupt, b.Name, err))
	}
	rows, err := s.db.QueryContext(ctx, "SELECT diff_id FROM build_layers WHERE build_id = ? ORDER BY diff_id", b.ID)
	if err != nil {
		return b, s.explain("read", err)
	}
	defer rows.Close()
	for rows.Next() {
		var diffID string
		if err := rows.Scan(&diffID); err != nil {
			return b, s.explain("read", err)
		}
		b.Layers = append(b.Layers, diffID)
	}
	return b, s.explain("read", rows.Err())
}

// Rename gives the saved build another name and other notes.
func (s *Store) Rename(ctx context.Context, id int64, name, notes string) error {
	return s.write(ctx, "save in", func(tx *sql.Tx) error {
		return oneRow(tx.ExecContext(ctx, "UPDATE builds SET name = ?, notes = ?, updated_at = ? WHERE id = ? AND deleted_at = 0",
			name, notes, millis(s.now()), id))
	})
}

// binDays is how long a deleted build can be brought back.
const binDays = 30

// Delete puts the saved build into the bin, from which [Store.Restore] brings
// it back for 30 days.
func (s *Store) Delete(ctx context.Context, id int64) error {
	return s.write(ctx, "delete from", func(tx *sql.Tx) error {
		old := millis(s.now().AddDate(0, 0, -binDays))
		if _, err := tx.ExecContext(ctx, "DELETE FROM builds WHERE deleted_at <> 0 AND deleted_at < ?", old); err != nil {
			return err
		}
		return oneRow(tx.ExecContext(ctx, "UPDATE builds SET deleted_at = ? WHERE id = ? AND deleted_at = 0", millis(s.now()), id))
	})
}

// Restore undoes [Store.Delete]. If the name was given to another build in the
// meantime the error is [ErrNameTaken].
func (s *Store) Restore(ctx context.Context, id int64) error {
	return s.write(ctx, "save in", func(tx *sql.Tx) error {
		return oneRow(tx.ExecContext(ctx, "UPDATE builds SET deleted_at = 0 WHERE id = ? AND deleted_at <> 0", id))
	})
}

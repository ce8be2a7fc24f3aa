package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"weighline/analysis/layer"
)

var _ layer.Cache = (*Store)(nil)

// Index returns the index stored for diffID, or [layer.ErrNotCached]. An entry
// that this version cannot read counts as not there: the layer is read again.
func (s *Store) Index(ctx context.Context, diffID string) (*layer.Index, error) {
	var data []byte
	var used int64
	err := s.db.QueryRowContext(ctx, "SELECT data, used_at FROM layers WHERE diff_id = ?", diffID).Scan(&data, &used)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, layer.ErrNotCached
	}
	if err != nil {
		return nil, s.explain("read", err)
	}
	x, err := layer.Decode(data)
	if err != nil {
		return nil, layer.ErrNotCached
	}
	if !s.readOnly && s.now().Sub(fromMillis(used)) > usedApart {
		// When it was used decides what is evicted; that it could not be noted is no reason to fail.
		_, _ = s.db.ExecContext(ctx, "UPDATE layers SET used_at = ? WHERE diff_id = ?", millis(s.now()), diffID)
	}
	return x, nil
}

// usedApart is how far apart two uses of a layer are noted: each is a write that
// waits for the disk and for other programs, which an opening should not.
const usedApart = 10 * time.Minute

// PutIndex stores x under x.DiffID and evicts what was not used for longest
// and no saved build needs, down to the limit of the cache.
func (s *Store) PutIndex(ctx context.Context, x *layer.Index) error {
	data := x.Encode()
	return s.write(ctx, "save a layer in", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO layers (diff_id, size, used_at, data) VALUES (?, ?, ?, ?)",
			x.DiffID, len(data), millis(s.now()), data); err != nil {
			return err
		}
		return evict(ctx, tx, s.CacheLimit(), x.DiffID)
	})
}

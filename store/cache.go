package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"strconv"
)

// defaultCacheLimit is how many bytes of layer indexes are kept unless the user
// sets another limit: some 300 images of a usual size.
const defaultCacheLimit = 512 << 20

const cacheLimitSetting = "cache_limit"

// loadSettings reads what the user set for the library.
func (s *Store) loadSettings(ctx context.Context) error {
	var text string
	err := s.db.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = ?", cacheLimitSetting).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 {
		s.cacheLimit.Store(n)
	}
	return nil
}

// CacheLimit returns how many bytes of layer indexes are kept beside those that
// saved builds need.
func (s *Store) CacheLimit() int64 { return s.cacheLimit.Load() }

// SetCacheLimit sets and keeps the limit of the cache, in bytes, and evicts what
// is over it. Programs that have the library open already keep to the old one.
func (s *Store) SetCacheLimit(ctx context.Context, limit int64) error {
	err := s.write(ctx, "save in", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", cacheLimitSetting, strconv.FormatInt(limit, 10)); err != nil {
			return err
		}
		return evict(ctx, tx, limit, "")
	})
	if err == nil {
		s.cacheLimit.Store(limit)
	}
	return err
}

// evict takes out of the cache what was not used for longest and no saved build
// needs, until it has at most limit bytes. The layer called keep stays.
func evict(ctx context.Context, tx *sql.Tx, limit int64, keep string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM layers WHERE diff_id IN (
		SELECT diff_id FROM (
			SELECT diff_id, sum(size) OVER (ORDER BY used_at DESC, diff_id) AS upto FROM layers
			WHERE diff_id NOT IN (SELECT diff_id FROM build_layers))
		WHERE upto > ?) AND diff_id <> ?`, limit, keep)
	return err
}

// Shrink empties the cache, but for what saved builds need, deletes for good what
// is in the bin, and gives the free room of the file back to the disk.
func (s *Store) Shrink(ctx context.Context) error {
	err := s.write(ctx, "shrink", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM builds WHERE deleted_at <> 0"); err != nil {
			return err
		}
		return evict(ctx, tx, 0, "")
	})
	if err != nil {
		return err
	}
	for _, q := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := s.db.ExecContext(ctx, q); err != nil {
			return s.explain("shrink", err)
		}
	}
	return nil
}

// Stats are the sizes of a library, in bytes where not said otherwise.
type Stats struct {
	Builds, Deleted int   // saved, and in the bin
	BuildBytes      int64 // of the results of both, compressed
	Layers, Needed  int   // layer indexes in the cache, and how many of them saved builds need
	LayerBytes      int64
	NeededBytes     int64
	CacheLimit      int64
	FileBytes       int64 // of the file with its -wal and -shm
}

// Stats tells what is in the library and what it takes.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	st := Stats{CacheLimit: s.CacheLimit()}
	err := s.db.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM builds WHERE deleted_at = 0), (SELECT count(*) FROM builds WHERE deleted_at <> 0),
		(SELECT coalesce(sum(length(result)), 0) FROM builds),
		(SELECT count(*) FROM layers), (SELECT coalesce(sum(size), 0) FROM layers),
		(SELECT count(*) FROM layers WHERE diff_id IN (SELECT diff_id FROM build_layers)),
		(SELECT coalesce(sum(size), 0) FROM layers WHERE diff_id IN (SELECT diff_id FROM build_layers))`).
		Scan(&st.Builds, &st.Deleted, &st.BuildBytes, &st.Layers, &st.LayerBytes, &st.Needed, &st.NeededBytes)
	if err != nil {
		return st, s.explain("read", err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if info, err := os.Stat(s.path + suffix); err == nil {
			st.FileBytes += info.Size()
		}
	}
	return st, nil
}

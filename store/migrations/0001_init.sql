-- A saved build: what was analysed, with a plan, a name and notes. The summary
-- columns repeat what the result holds, so that a list reads no result.
CREATE TABLE builds (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL,
    notes       TEXT    NOT NULL DEFAULT '',
    reference   TEXT    NOT NULL,            -- what was opened, as the user named it
    digest      TEXT    NOT NULL DEFAULT '', -- of the image's manifest, if there is one
    created_at  INTEGER NOT NULL,            -- milliseconds since 1970, UTC
    updated_at  INTEGER NOT NULL,
    deleted_at  INTEGER NOT NULL DEFAULT 0,  -- 0: there; else in the bin since then
    summary     TEXT    NOT NULL,            -- JSON: totals before and after the plan
    plan        TEXT    NOT NULL,            -- JSON
    result      BLOB    NOT NULL             -- zstd of the encoded build
) STRICT;
CREATE UNIQUE INDEX builds_name ON builds (name) WHERE deleted_at = 0;
CREATE INDEX builds_reference ON builds (reference, created_at);

-- The index of one layer, by the digest of its uncompressed tar.
CREATE TABLE layers (
    diff_id TEXT    PRIMARY KEY,
    size    INTEGER NOT NULL,                -- bytes of data
    used_at INTEGER NOT NULL,                -- milliseconds since 1970, UTC
    data    BLOB    NOT NULL
) STRICT;
CREATE INDEX layers_used ON layers (used_at);

-- The layers that a saved build needs to be opened offline: never evicted.
CREATE TABLE build_layers (
    build_id INTEGER NOT NULL REFERENCES builds (id) ON DELETE CASCADE,
    diff_id  TEXT    NOT NULL,
    PRIMARY KEY (build_id, diff_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX build_layers_diff_id ON build_layers (diff_id);

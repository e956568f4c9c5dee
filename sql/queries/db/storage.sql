-- name: tables
-- Bytes of each table and of its indexes, and about how many rows it has; partitions count for their table.
SELECT coalesce(p.relname, c.relname), sum(pg_table_size(c.oid))::bigint, sum(pg_indexes_size(c.oid))::bigint,
       sum(greatest(c.reltuples, coalesce(s.n_live_tup, 0), 0))::bigint
FROM pg_class c
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
LEFT JOIN pg_class p ON p.oid = i.inhparent
LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
GROUP BY 1

-- name: keep
-- What was measured, in place of what was measured before on this day.
INSERT INTO storage_days (day, kind, table_bytes, index_bytes, rows, oldest, measured_at) VALUES %s
ON CONFLICT (day, kind) DO UPDATE SET
    table_bytes = EXCLUDED.table_bytes, index_bytes = EXCLUDED.index_bytes, rows = EXCLUDED.rows,
    oldest = EXCLUDED.oldest, measured_at = EXCLUDED.measured_at

-- name: days
-- What was measured from a day on.
SELECT day, kind, table_bytes, index_bytes, rows, extract(epoch FROM oldest)::float8 AS oldest,
       extract(epoch FROM measured_at)::float8 AS measured_at
FROM storage_days WHERE day >= :first ORDER BY day, kind

-- name: whole
-- Bytes of the database.
SELECT pg_database_size(current_database())

-- name: archives
-- The newest archives.
SELECT id, kind, extract(epoch FROM before)::float8 AS before, file, host, rows, bytes, sha256, actor,
       extract(epoch FROM created_at)::float8 AS created_at
FROM storage_archives ORDER BY id DESC LIMIT :most

-- name: archive
-- One archive.
SELECT file, kind, sha256 FROM storage_archives WHERE id = :id

-- name: put_archive
-- An archive that was written.
INSERT INTO storage_archives (kind, before, file, host, rows, bytes, sha256, actor, created_at)
VALUES (:kind, to_timestamp(:before), :file, :host, :rows, :bytes, :sha256, :actor, to_timestamp(:now))

-- name: jobs
-- Archives and deletions that are under way or ended lately, the newest first.
SELECT kind, state, message, payload, extract(epoch FROM enqueued_at)::float8 AS at FROM jobs
WHERE kind IN ('archive', 'purge') ORDER BY id DESC LIMIT :most

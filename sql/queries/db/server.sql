-- name: overall
-- The database as a whole: version, size, connections that may be, blocks read from memory and from disk, deadlocks.
SELECT current_setting('server_version'), pg_database_size(current_database()),
       current_setting('max_connections')::int, blks_hit::float8 / nullif(blks_hit + blks_read, 0), deadlocks,
       xact_commit, xact_rollback
FROM pg_stat_database WHERE datname = current_database()

-- name: connections
-- Connections to this database by state, ours and others'.
SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1

-- name: sessions
-- What connections of our own user are doing, those whose transaction began first before the others; not this one.
SELECT pid, state, extract(epoch FROM clock_timestamp() - CASE WHEN state = 'active' THEN query_start
                                                                ELSE state_change END)::float8,
       extract(epoch FROM clock_timestamp() - xact_start)::float8,
       coalesce(wait_event_type || ': ' || wait_event, ''), left(query, 2000),
       CASE WHEN wait_event_type = 'Lock' THEN pg_blocking_pids(pid) ELSE '{}' END
FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND state <> 'idle'
ORDER BY xact_start NULLS LAST, pid LIMIT 100

-- name: long
-- Seconds of the longest transaction of our own user, and how many of its connections wait for a lock.
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8,
       count(*) FILTER (WHERE wait_event_type = 'Lock')
FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
  AND backend_type = 'client backend'

-- name: tables
-- Tables of our schema, partitions with their tables, the largest first. What live rows need is estimated from the mean
-- widths that ANALYZE found; the rest of the heap is bloat.
WITH leaves AS (
    SELECT c.oid, coalesce(p.relname, c.relname) AS name, (p.relname IS NOT NULL)::int AS partition,
           pg_total_relation_size(c.oid) AS bytes, pg_indexes_size(c.oid) AS index_bytes,
           c.relpages, c.reltuples, s.n_live_tup, s.n_dead_tup,
           greatest(s.last_vacuum, s.last_autovacuum) AS vacuumed,
           greatest(s.last_analyze, s.last_autoanalyze) AS analyzed
    FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
    LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
), widths AS (
    SELECT l.oid, 28 + sum((1 - w.null_frac) * w.avg_width) AS width
    FROM leaves l JOIN pg_class c ON c.oid = l.oid
    JOIN pg_stats w ON w.schemaname = current_schema() AND w.tablename = c.relname
    GROUP BY l.oid
)
SELECT l.name, sum(l.partition)::int, sum(l.bytes)::bigint, sum(l.index_bytes)::bigint, sum(l.n_live_tup)::bigint,
       sum(l.n_dead_tup)::bigint,
       sum(CASE WHEN l.reltuples = 0 THEN l.relpages
                WHEN l.reltuples > 0 THEN greatest(0, l.relpages - ceil(l.reltuples * w.width / 8168)) END * 8192)::bigint,
       extract(epoch FROM max(l.vacuumed))::float8, extract(epoch FROM max(l.analyzed))::float8
FROM leaves l LEFT JOIN widths w ON w.oid = l.oid GROUP BY l.name ORDER BY 3 DESC, 1 LIMIT 100

-- name: dead_rows
-- Dead rows of all tables.
SELECT coalesce(sum(n_dead_tup), 0)::bigint FROM pg_stat_user_tables

-- name: statements_schema
-- Where pg_stat_statements lies, if it is there.
SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'

-- name: put_sample
-- What a store said of itself in a minute; of several collectors the first one counts.
INSERT INTO store_samples (timestamp, store, figures) VALUES (to_timestamp(%(minute)s), %(store)s, %(figures)s)
ON CONFLICT (store, timestamp) DO NOTHING

-- name: samples
-- Means of the figures of a store by bin (its minute of the epoch) in a span.
SELECT floor(extract(epoch FROM s.timestamp) / (60 * :step))::int * :step AS bin, f.key, avg(f.value::float8)
FROM store_samples s, jsonb_each_text(s.figures) f
WHERE s.store = :store AND s.timestamp >= to_timestamp(:start) AND s.timestamp < to_timestamp(:end)
GROUP BY 1, 2

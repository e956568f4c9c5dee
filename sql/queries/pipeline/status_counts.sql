-- name: lock
-- Counts may be set side by side, each transaction in the order of keys.
SELECT pg_advisory_xact_lock_shared(7305016)

-- name: lock_for_adding
-- What is added comes after what is set, in a second order of keys: no other transaction may be between.
SELECT pg_advisory_xact_lock(7305016)

-- name: put
-- The counts of keys: set unless what is stored was received later, or added, up to a bound that no sum overflows.
INSERT INTO status_counts AS c (timestamp, source, status, auth_code, dimensions, count, received_at)
SELECT to_timestamp(k.minute * 60.0), s.source, s.status, s.auth_code, s.dimensions, k.count, to_timestamp(k.at)
FROM unnest(%(numbers)s::int[], %(minutes)s::int[], %(counts)s::bigint[], %(at)s::float8[]) k (number, minute, count, at)
JOIN unnest(%(sources)s::text[], %(statuses)s::text[], %(codes)s::text[], %(dimensions)s::text[])
     WITH ORDINALITY s (source, status, auth_code, dimensions, number) ON s.number = k.number
ORDER BY s.source, k.minute, s.status, s.auth_code, s.dimensions
ON CONFLICT (source, timestamp, status, auth_code, dimensions) DO UPDATE
SET count = CASE WHEN %(add)s THEN least(c.count + EXCLUDED.count, %(most)s) ELSE EXCLUDED.count END,
    received_at = greatest(c.received_at, EXCLUDED.received_at)
WHERE %(add)s OR c.received_at <= EXCLUDED.received_at

-- name: note_changes
-- Minutes of sources that wait to be judged.
INSERT INTO status_changes (source, minute, received_at)
SELECT source, minute, to_timestamp(at) FROM unnest(%s::text[], %s::int[], %s::float8[]) n (source, minute, at)

-- name: drop_changes
-- Changes that nobody has judged for a day: there is no judge.
DELETE FROM status_changes WHERE received_at < now() - interval '1 day'

-- name: only_one
-- Whether nobody else makes hours of profiles now.
SELECT pg_try_advisory_xact_lock(7305054)

-- name: old_hours
-- Hours that have minutes from before a time.
SELECT DISTINCT date_trunc('hour', timestamp, 'UTC') FROM profile_minutes WHERE timestamp < to_timestamp(%(before)s)
ORDER BY 1 LIMIT %(most)s

-- name: take
-- Take the minutes of an hour.
DELETE FROM profile_minutes WHERE timestamp >= %(start)s AND timestamp < %(start)s + interval '1 hour'
RETURNING series_id, samples, stacks

-- name: known
-- What is known of an hour already, of these series.
SELECT series_id, samples, stacks FROM profile_hours WHERE timestamp = %(start)s AND series_id = ANY(%(ids)s)

-- name: put
-- An hour in place of what was known of it.
INSERT INTO profile_hours (timestamp, series_id, samples, stacks) VALUES %s
ON CONFLICT (timestamp, series_id) DO UPDATE SET samples = EXCLUDED.samples, stacks = EXCLUDED.stacks

-- name: only_one
-- Whether nobody else sums up queries now.
SELECT pg_try_advisory_xact_lock(7305055)

-- name: forget_repeated
-- Of the notes of an hour or a day one is enough.
DELETE FROM query_stale s WHERE id > (
    SELECT min(id) FROM query_stale o WHERE o.width = s.width AND o.start = s.start
)

-- name: stale
-- What is to be summed up and over; a day not before all its hours are.
SELECT DISTINCT start FROM query_stale s
WHERE width = %(width)s AND start + width * interval '1 second' <= to_timestamp(%(before)s)
  AND (width = 3600 OR NOT EXISTS (
      SELECT FROM query_stale h WHERE h.width = 3600 AND h.start >= s.start AND h.start < s.start + interval '1 day'))
ORDER BY start LIMIT %(most)s

-- name: take
-- Take the notes of an hour or a day.
DELETE FROM query_stale WHERE width = %(width)s AND start = %(start)s

-- name: minutes_of_hour
-- The minutes of an hour.
SELECT series_id, hits, rows, errors, sum_ns, min_ns, max_ns, sketch FROM query_minutes
WHERE timestamp >= %(start)s AND timestamp < %(end)s

-- name: hours_of_day
-- The hours of a day.
SELECT series_id, hits, rows, errors, sum_ns, min_ns, max_ns, sketch FROM query_hours
WHERE timestamp >= %(start)s AND timestamp < %(end)s

-- name: put_hours
-- Hours in place of what was known of them.
INSERT INTO query_hours (timestamp, series_id, hits, rows, errors, sum_ns, min_ns, max_ns, sketch) VALUES %s
ON CONFLICT (timestamp, series_id) DO UPDATE SET hits = EXCLUDED.hits, rows = EXCLUDED.rows, errors = EXCLUDED.errors,
    sum_ns = EXCLUDED.sum_ns, min_ns = EXCLUDED.min_ns, max_ns = EXCLUDED.max_ns, sketch = EXCLUDED.sketch

-- name: put_days
-- Days in place of what was known of them.
INSERT INTO query_days (timestamp, series_id, hits, rows, errors, sum_ns, min_ns, max_ns, sketch) VALUES %s
ON CONFLICT (timestamp, series_id) DO UPDATE SET hits = EXCLUDED.hits, rows = EXCLUDED.rows, errors = EXCLUDED.errors,
    sum_ns = EXCLUDED.sum_ns, min_ns = EXCLUDED.min_ns, max_ns = EXCLUDED.max_ns, sketch = EXCLUDED.sketch

-- name: note_day
-- An hour of this day was summed up anew.
INSERT INTO query_stale (width, start) VALUES (86400, %(day)s)

-- name: drop_minutes
-- Retention of minutes.
DELETE FROM query_minutes WHERE (timestamp, series_id) IN (
    SELECT timestamp, series_id FROM query_minutes WHERE timestamp < now() - %(days)s * interval '1 day' LIMIT %(most)s)

-- name: drop_hours
-- Retention of hours.
DELETE FROM query_hours WHERE (timestamp, series_id) IN (
    SELECT timestamp, series_id FROM query_hours WHERE timestamp < now() - %(days)s * interval '1 day' LIMIT %(most)s)

-- name: drop_days
-- Retention of days.
DELETE FROM query_days WHERE (timestamp, series_id) IN (
    SELECT timestamp, series_id FROM query_days WHERE timestamp < now() - %(days)s * interval '1 day' LIMIT %(most)s)

-- name: drop_samples
-- Retention of what the stores said of themselves.
DELETE FROM store_samples WHERE (store, timestamp) IN (
    SELECT store, timestamp FROM store_samples WHERE timestamp < now() - %(days)s * interval '1 day' LIMIT %(most)s)

-- name: drop_series
-- Series of which nothing is kept any more.
DELETE FROM query_series WHERE id IN (
    SELECT id FROM query_series WHERE seen < now() - (%(days)s + 2) * interval '1 day' LIMIT %(most)s)

-- name: only_one
-- Whether nobody else sums up endpoints now.
SELECT pg_try_advisory_xact_lock(7305018)

-- name: forget_repeated
-- Of the notes of an hour or a day one is enough.
DELETE FROM endpoint_stale s WHERE id > (
    SELECT min(id) FROM endpoint_stale o WHERE o.width = s.width AND o.start = s.start
)

-- name: stale
-- What is to be summed up and over; a day not before all its hours are.
SELECT DISTINCT start FROM endpoint_stale s
WHERE width = %(width)s AND start + width * interval '1 second' <= to_timestamp(%(before)s)
  AND (width = 3600 OR NOT EXISTS (
      SELECT FROM endpoint_stale h WHERE h.width = 3600 AND h.start >= s.start AND h.start < s.start + interval '1 day'))
ORDER BY start LIMIT %(most)s

-- name: take
-- Take the notes of an hour or a day.
DELETE FROM endpoint_stale WHERE width = %(width)s AND start = %(start)s

-- name: minutes_of_hour
-- The minutes of an hour.
SELECT series_id, hits, sum_ns, min_ns, max_ns, sketch FROM endpoint_minutes
WHERE timestamp >= %(start)s AND timestamp < %(end)s

-- name: hours_of_day
-- The hours of a day.
SELECT series_id, hits, sum_ns, min_ns, max_ns, sketch FROM endpoint_hours
WHERE timestamp >= %(start)s AND timestamp < %(end)s

-- name: put_hours
-- Hours in place of what was known of them.
INSERT INTO endpoint_hours (timestamp, series_id, hits, sum_ns, min_ns, max_ns, sketch) VALUES %s
ON CONFLICT (timestamp, series_id) DO UPDATE SET hits = EXCLUDED.hits, sum_ns = EXCLUDED.sum_ns,
    min_ns = EXCLUDED.min_ns, max_ns = EXCLUDED.max_ns, sketch = EXCLUDED.sketch

-- name: put_days
-- Days in place of what was known of them.
INSERT INTO endpoint_days (timestamp, series_id, hits, sum_ns, min_ns, max_ns, sketch) VALUES %s
ON CONFLICT (timestamp, series_id) DO UPDATE SET hits = EXCLUDED.hits, sum_ns = EXCLUDED.sum_ns,
    min_ns = EXCLUDED.min_ns, max_ns = EXCLUDED.max_ns, sketch = EXCLUDED.sketch

-- name: note_day
-- An hour of this day was summed up anew.
INSERT INTO endpoint_stale (width, start) VALUES (86400, %(day)s)

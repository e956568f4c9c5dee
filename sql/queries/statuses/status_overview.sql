-- name: waiting
-- What came in of each source and is not judged yet: first and newest minute, and when the newest came.
SELECT source, min(minute), max(minute), max(extract(epoch FROM received_at))::float8 FROM status_changes
GROUP BY source ORDER BY source

-- name: statuses
-- Counts by bin of so many minutes (minutes of the epoch) and status.
SELECT floor(extract(epoch FROM timestamp) / (60 * :step))::int * :step, status, sum(count)::float8 FROM status_counts
WHERE source = :source AND timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) AND status <> ''
GROUP BY 1, 2

-- name: codes
-- Counts by bin of so many minutes (minutes of the epoch) and code.
SELECT floor(extract(epoch FROM timestamp) / (60 * :step))::int * :step, auth_code, sum(count)::float8
FROM status_counts
WHERE source = :source AND timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) AND auth_code <> ''
GROUP BY 1, 2

-- name: rows
-- The newest rows of a source.
SELECT floor(extract(epoch FROM timestamp) / 60)::int, status, auth_code, dimensions, count,
       extract(epoch FROM received_at)::float8
FROM status_counts
WHERE source = :source AND timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end)
ORDER BY timestamp DESC, count DESC, status, auth_code, dimensions LIMIT :most

-- name: profile
-- The mean total a minute by weekday (1: Monday) and hour, UTC, of the minutes with rows.
SELECT extract(isodow FROM minute AT TIME ZONE 'UTC')::int, extract(hour FROM minute AT TIME ZONE 'UTC')::int,
       avg(total)::float8
FROM (
    SELECT timestamp AS minute, sum(count) AS total FROM status_counts
    WHERE source = :source AND timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) AND status <> ''
    GROUP BY timestamp
) AS minutes GROUP BY 1, 2

-- name: profile_decisions
-- The same of our own predictions.
SELECT extract(isodow FROM slot AT TIME ZONE 'UTC')::int, extract(hour FROM slot AT TIME ZONE 'UTC')::int,
       avg(predictions)::float8
FROM rollups WHERE width = 60 AND slot >= to_timestamp(:start) AND slot < to_timestamp(:end) AND predictions > 0
GROUP BY 1, 2

-- name: profile_sales
-- The same of our own transactions.
SELECT extract(isodow FROM slot AT TIME ZONE 'UTC')::int, extract(hour FROM slot AT TIME ZONE 'UTC')::int,
       avg(transactions)::float8
FROM rollups WHERE width = 60 AND slot >= to_timestamp(:start) AND slot < to_timestamp(:end) AND transactions > 0
GROUP BY 1, 2

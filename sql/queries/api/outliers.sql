-- name: newest
-- The newest outliers of a filter (what is empty is any) in a span.
SELECT id, extract(epoch FROM timestamp)::float8 AS at, service, version, route, method, status, running,
       duration_ns / 1e9::float8 AS seconds, limit_ns / 1e9::float8 AS limit, stacks, place
FROM outliers
WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end)
  AND (:service = '' OR service = :service) AND (:route = '' OR route = :route)
  AND (:method = '' OR method = :method) AND (:version = '' OR version = :version)
ORDER BY timestamp DESC, id DESC LIMIT :most

-- name: slowest
-- The slowest outliers of a filter in a span.
SELECT id, extract(epoch FROM timestamp)::float8 AS at, service, version, route, method, status, running,
       duration_ns / 1e9::float8 AS seconds, limit_ns / 1e9::float8 AS limit, stacks, place
FROM outliers
WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end)
  AND (:service = '' OR service = :service) AND (:route = '' OR route = :route)
  AND (:method = '' OR method = :method) AND (:version = '' OR version = :version)
ORDER BY duration_ns DESC, id DESC LIMIT :most

-- name: bins
-- How many outliers of a filter began in each bin (its minute of the epoch), and those of each endpoint.
SELECT floor(extract(epoch FROM timestamp) / (60 * :step))::int * :step AS bin, service, route, method,
       count(*)::int AS outliers, max(duration_ns) / 1e9::float8 AS slowest
FROM outliers
WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end)
  AND (:service = '' OR service = :service) AND (:route = '' OR route = :route)
  AND (:method = '' OR method = :method) AND (:version = '' OR version = :version)
GROUP BY 1, 2, 3, 4

-- name: services
-- The services that have outliers in a span.
SELECT DISTINCT service FROM outliers
WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) ORDER BY 1 LIMIT 200

-- name: dropped
-- How many outliers of a service, or of all, were not stored on the days of a span.
SELECT coalesce(sum(dropped), 0)::int FROM outlier_days
WHERE day >= (to_timestamp(:start) AT TIME ZONE 'UTC')::date AND day < (to_timestamp(:end) AT TIME ZONE 'UTC')::date + 1
  AND (:service = '' OR service = :service)

-- name: one
-- One outlier whole.
SELECT id, extract(epoch FROM timestamp)::float8 AS at, service, version, route, method, status, running,
       duration_ns / 1e9::float8 AS seconds, limit_ns / 1e9::float8 AS limit, stacks, place, detail
FROM outliers WHERE id = :id

-- name: stale
-- Hours and days (starts in seconds) of a range whose sums are not what their minutes say.
SELECT DISTINCT width, extract(epoch FROM start)::bigint FROM endpoint_stale
WHERE start >= to_timestamp(:start) AND start < to_timestamp(:end)

-- name: versions
-- How many rows and hits spans of minutes, hours or days have: whatever is added to them makes one of both more.
SELECT k.place, v.rows, v.hits
FROM unnest(CAST(:widths AS int[]), CAST(:starts AS bigint[]), CAST(:ends AS bigint[]))
    WITH ORDINALITY k (width, first, after, place)
CROSS JOIN LATERAL (
    SELECT count(*) AS rows, sum(hits) AS hits FROM endpoint_minutes
    WHERE k.width = 1 AND timestamp >= to_timestamp(k.first) AND timestamp < to_timestamp(k.after)
    UNION ALL SELECT count(*), sum(hits) FROM endpoint_hours
    WHERE k.width = 60 AND timestamp >= to_timestamp(k.first) AND timestamp < to_timestamp(k.after)
    UNION ALL SELECT count(*), sum(hits) FROM endpoint_days
    WHERE k.width = 1440 AND timestamp >= to_timestamp(k.first) AND timestamp < to_timestamp(k.after)
) v WHERE v.rows > 0

-- name: totals
-- What endpoints came to in each of some spans (its place, counted from 1).
SELECT k.place, s.service, s.route, s.method, sum(m.hits)::bigint AS hits,
       coalesce(sum(m.hits) FILTER (WHERE s.status >= 500 OR s.error_type <> ''), 0)::bigint AS errors,
       sum(m.sum_ns) AS sum_ns, min(m.min_ns) AS min_ns, max(m.max_ns) AS max_ns, string_agg(m.sketch, '') AS sketch
FROM unnest(CAST(:starts AS bigint[]), CAST(:ends AS bigint[])) WITH ORDINALITY k (first, after, place)
JOIN endpoint_minutes m ON m.timestamp >= to_timestamp(k.first) AND m.timestamp < to_timestamp(k.after)
JOIN endpoint_series s ON s.id = m.series_id
WHERE (:service = '' OR s.service = :service) AND (:method = '' OR s.method = :method)
  AND (:version = '' OR s.version = :version)
GROUP BY k.place, s.service, s.route, s.method

-- name: trend
-- Hits and errors of endpoints by bin (its minute of the epoch) in each of some spans.
SELECT m.place, s.service, s.route, s.method, m.bin, sum(m.hits)::bigint AS hits,
       coalesce(sum(m.hits) FILTER (WHERE s.status >= 500 OR s.error_type <> ''), 0)::bigint AS errors
FROM (
    SELECT k.place, m.series_id, floor(extract(epoch FROM m.timestamp) / (60 * :step))::int * :step AS bin,
           sum(m.hits) AS hits
    FROM unnest(CAST(:starts AS bigint[]), CAST(:ends AS bigint[])) WITH ORDINALITY k (first, after, place)
    JOIN endpoint_minutes m ON m.timestamp >= to_timestamp(k.first) AND m.timestamp < to_timestamp(k.after)
    GROUP BY 1, 2, 3
) m JOIN endpoint_series s ON s.id = m.series_id
WHERE (:service = '' OR s.service = :service) AND (:method = '' OR s.method = :method)
  AND (:version = '' OR s.version = :version)
GROUP BY m.place, s.service, s.route, s.method, m.bin

-- name: one
-- What one endpoint came to by bin (its minute of the epoch), status, error type and version in a span.
SELECT floor(extract(epoch FROM m.timestamp) / (60 * :step))::int * :step AS bin, s.status, s.error_type, s.version,
       sum(m.hits)::bigint AS hits, sum(m.sum_ns) AS sum_ns, min(m.min_ns) AS min_ns, max(m.max_ns) AS max_ns,
       string_agg(m.sketch, '') AS sketch
FROM endpoint_minutes m JOIN endpoint_series s ON s.id = m.series_id
WHERE m.timestamp >= to_timestamp(:start) AND m.timestamp < to_timestamp(:end)
  AND m.series_id = ANY(:ids)
GROUP BY 1, 2, 3, 4

-- name: week
-- Hits and histograms of one endpoint by weekday (1: Monday) and hour, UTC, in a span, and in how many hours.
SELECT extract(isodow FROM timestamp AT TIME ZONE 'UTC')::int, extract(hour FROM timestamp AT TIME ZONE 'UTC')::int,
       sum(hits)::bigint, string_agg(sketch, '')
FROM endpoint_minutes
WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) AND series_id = ANY(:ids)
GROUP BY 1, 2

-- name: series_of_one
-- The series of one endpoint.
SELECT id FROM endpoint_series
WHERE service = :service AND route = :route AND method = :method AND (:version = '' OR version = :version)

-- name: choices
-- What can be chosen: services, methods and versions with the newest series of each, of one service or of all.
SELECT service, method, version, max(id) FROM endpoint_series
WHERE seen >= (to_timestamp(:start) AT TIME ZONE 'UTC')::date GROUP BY service, method, version

-- name: stale
-- Hours and days (starts in seconds) of a range whose sums are not what their minutes say.
SELECT DISTINCT width, extract(epoch FROM start)::bigint FROM query_stale
WHERE start >= to_timestamp(:start) AND start < to_timestamp(:end)

-- name: known_days
-- How many rows and hits the days of a span have: whatever is added to them makes both or one more.
SELECT count(*), sum(hits) FROM query_days WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end)

-- name: totals
-- What queries came to in a span.
SELECT s.kind, s.query, sum(m.rows)::bigint AS rows, sum(m.hits)::bigint AS hits, sum(m.errors)::bigint AS errors,
       sum(m.sum_ns) AS sum_ns, min(m.min_ns) AS min_ns, max(m.max_ns) AS max_ns, string_agg(m.sketch, '') AS sketch
FROM query_minutes m JOIN query_series s ON s.id = m.series_id
WHERE m.timestamp >= to_timestamp(:start) AND m.timestamp < to_timestamp(:end)
  AND (:service = '' OR s.service = :service) AND (:kind = '' OR s.kind = :kind)
  AND (:route = '' OR (s.route = :route AND s.method = :method))
GROUP BY s.kind, s.query

-- name: trend
-- Calls and time of queries by bin (its minute of the epoch) in a span.
SELECT s.kind, s.query, m.bin, sum(m.hits)::bigint AS hits, sum(m.sum_ns) AS sum_ns
FROM (
    SELECT series_id, floor(extract(epoch FROM timestamp) / (60 * :step))::int * :step AS bin, sum(hits) AS hits,
           sum(sum_ns) AS sum_ns
    FROM query_minutes WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) GROUP BY 1, 2
) m JOIN query_series s ON s.id = m.series_id
WHERE (:service = '' OR s.service = :service) AND (:kind = '' OR s.kind = :kind)
  AND (:route = '' OR (s.route = :route AND s.method = :method))
GROUP BY s.kind, s.query, m.bin

-- name: callers
-- What endpoints took by kind in a span.
SELECT s.service, s.route, s.method, s.kind, sum(m.sum_ns) AS sum_ns, sum(m.hits)::bigint AS hits
FROM query_minutes m JOIN query_series s ON s.id = m.series_id
WHERE m.timestamp >= to_timestamp(:start) AND m.timestamp < to_timestamp(:end) AND s.kind NOT IN ('wait', 'held')
GROUP BY s.service, s.route, s.method, s.kind

-- name: one
-- What one query came to by bin (its minute of the epoch) and endpoint in a span.
SELECT floor(extract(epoch FROM m.timestamp) / (60 * :step))::int * :step AS bin, s.service, s.route, s.method,
       sum(m.rows)::bigint AS rows, sum(m.hits)::bigint AS hits, sum(m.errors)::bigint AS errors,
       sum(m.sum_ns) AS sum_ns, min(m.min_ns) AS min_ns, max(m.max_ns) AS max_ns, string_agg(m.sketch, '') AS sketch
FROM query_minutes m JOIN query_series s ON s.id = m.series_id
WHERE m.timestamp >= to_timestamp(:start) AND m.timestamp < to_timestamp(:end) AND s.kind = :kind AND s.query = :query
  AND (:service = '' OR s.service = :service) AND (:route = '' OR (s.route = :route AND s.method = :method))
GROUP BY 1, 2, 3, 4

-- name: feeds
-- Every source with its newest minute and when that was received, what was judged of it, and since when a change waits.
WITH RECURSIVE names AS (
    (SELECT source FROM status_counts ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (SELECT c.source FROM status_counts c WHERE c.source > n.source ORDER BY c.source LIMIT 1)
    FROM names n WHERE n.source IS NOT NULL
), feeds AS (
    SELECT n.source, newest.minute, newest.received_at
    FROM names n CROSS JOIN LATERAL (
        SELECT floor(extract(epoch FROM c.timestamp) / 60)::int AS minute, c.received_at FROM status_counts c
        WHERE c.source = n.source ORDER BY c.timestamp DESC LIMIT 1
    ) newest
    UNION ALL
    SELECT source, newest, received_at FROM status_sources WHERE source IN ('scoring', 'sales')
)
SELECT f.source, f.minute, extract(epoch FROM f.received_at)::float8 AS received_at, s.judged, coalesce(s.late, 0) AS late,
       coalesce(s.problem, '') AS problem, extract(epoch FROM w.since)::float8 AS waiting_since
FROM feeds f LEFT JOIN status_sources s USING (source)
LEFT JOIN (SELECT source, min(received_at) AS since FROM status_changes GROUP BY source) w USING (source)
ORDER BY f.source

-- name: recent
-- Counts before a place in their order, the newest first; of one source, or of all.
WITH RECURSIVE names AS (
    (SELECT source FROM status_counts WHERE :source = '' OR source = :source ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (SELECT c.source FROM status_counts c WHERE c.source > n.source AND :source = '' ORDER BY c.source LIMIT 1)
    FROM names n WHERE n.source IS NOT NULL
)
SELECT r.* FROM names n CROSS JOIN LATERAL (
    SELECT c.timestamp, c.source, c.status, c.auth_code, c.dimensions, c.count AS number, c.received_at FROM status_counts c
    WHERE c.source = n.source AND (:status = '' OR c.status = :status) AND c.timestamp <= to_timestamp(:before)
      AND (c.timestamp, c.source, c.status, c.auth_code, c.dimensions)
        < (to_timestamp(:before), :before_source, :before_status, :before_code, :before_dimensions)
    ORDER BY c.timestamp DESC, c.status DESC, c.auth_code DESC, c.dimensions DESC LIMIT :limit
) r
ORDER BY r.timestamp DESC, r.source DESC, r.status DESC, r.auth_code DESC, r.dimensions DESC LIMIT :limit

-- name: bins
-- Answers of some endpoints of a service by bin (its start in seconds) and status: whole hours, and minutes of those that
-- are not summed up, or not anew since a late row.
WITH series AS (
    SELECT id, status FROM endpoint_series WHERE service = :service AND route = ANY(:routes)
), stale AS (
    SELECT DISTINCT start FROM endpoint_stale WHERE width = 3600 AND start >= :start AND start < :end
)
SELECT floor(extract(epoch FROM counted.hour) / :step)::bigint * :step AS bin, counted.status, sum(counted.hits)::bigint AS hits
FROM (
    SELECT h.timestamp AS hour, s.status, h.hits FROM endpoint_hours h JOIN series s ON s.id = h.series_id
    WHERE h.timestamp >= :start AND h.timestamp < :end AND h.timestamp NOT IN (SELECT start FROM stale)
    UNION ALL
    SELECT stale.start, s.status, m.hits FROM stale
    JOIN endpoint_minutes m ON m.timestamp >= stale.start AND m.timestamp < stale.start + interval '1 hour'
    JOIN series s ON s.id = m.series_id
) counted GROUP BY 1, 2

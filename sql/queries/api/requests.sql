-- name: busiest
-- The addresses with the most requests of a span.
SELECT host(ip), count(*) AS n FROM api_requests WHERE timestamp >= :start AND timestamp < :end
GROUP BY ip ORDER BY n DESC, ip LIMIT :most

-- name: count
-- Requests of a span.
SELECT count(*) FROM api_requests WHERE timestamp >= :start AND timestamp < :end

-- name: near
-- Addresses with at least so many requests in a span, but those that have no limit; sessions of the console have none.
SELECT host(ip), count(*) AS n FROM api_requests
WHERE timestamp >= :start AND timestamp < :end AND NOT ip <<= ANY (CAST(:unlimited AS inet[]))
  AND NOT (service = 'console' AND user_id IS NOT NULL)
GROUP BY ip HAVING count(*) >= :least ORDER BY n DESC, ip LIMIT :most

-- name: blocked
-- Addresses blocked now, the longest first.
SELECT host(ip), max(until) AS until, (array_agg(reason ORDER BY until DESC))[1] AS reason
FROM ip_blocks WHERE until > :now GROUP BY ip ORDER BY until DESC, ip

-- name: of_address
-- Requests and errors of one address in a span.
SELECT count(*), count(*) FILTER (WHERE status >= 400) FROM api_requests
WHERE ip = CAST(:ip AS inet) AND timestamp >= :start AND timestamp < :end

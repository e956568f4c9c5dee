-- name: busiest
-- The addresses with the most requests of a span, those without a row of their own too.
SELECT host(ip), sum(n)::bigint AS n FROM (
    SELECT ip, count(*) AS n FROM api_requests WHERE timestamp >= :start AND timestamp < :end GROUP BY ip
    UNION ALL
    SELECT ip, sum(hits) FROM request_counts
    WHERE timestamp >= :start AND timestamp < :end AND ip IS NOT NULL GROUP BY ip
) counted GROUP BY ip ORDER BY n DESC, ip LIMIT :most

-- name: count
-- Requests of a span, those without a row of their own too.
SELECT (SELECT count(*) FROM api_requests WHERE timestamp >= :start AND timestamp < :end)
     + (SELECT coalesce(sum(hits), 0)::bigint FROM request_counts WHERE timestamp >= :start AND timestamp < :end)

-- name: near
-- Addresses with at least so many requests in a span, but those that have no limit; sessions of the console have none.
SELECT host(ip), sum(n)::bigint AS n FROM (
    SELECT ip, count(*) AS n FROM api_requests
    WHERE timestamp >= :start AND timestamp < :end AND NOT ip <<= ANY (CAST(:unlimited AS inet[]))
      AND NOT (service = 'console' AND user_id IS NOT NULL)
    GROUP BY ip
    UNION ALL
    SELECT ip, sum(hits) FROM request_counts
    WHERE timestamp >= :start AND timestamp < :end AND NOT ip <<= ANY (CAST(:unlimited AS inet[]))
      AND NOT (service = 'console' AND signed_in)
    GROUP BY ip
) counted GROUP BY ip HAVING sum(n) >= :least ORDER BY n DESC, ip LIMIT :most

-- name: blocked
-- Addresses blocked now, the longest first.
SELECT host(ip), max(until) AS until, (array_agg(reason ORDER BY until DESC))[1] AS reason
FROM ip_blocks WHERE until > :now GROUP BY ip ORDER BY until DESC, ip

-- name: of_address
-- Requests and errors of one address in a span.
SELECT count(*) + (SELECT coalesce(sum(hits), 0)::bigint FROM request_counts
                   WHERE ip = CAST(:ip AS inet) AND timestamp >= :start AND timestamp < :end),
       count(*) FILTER (WHERE status >= 400) FROM api_requests
WHERE ip = CAST(:ip AS inet) AND timestamp >= :start AND timestamp < :end

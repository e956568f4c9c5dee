-- name: predictions
-- The newest predictions during an incident and before it: is it during, is it what moved, and what describes it.
WITH sold AS (
    SELECT DISTINCT ON (transaction_id) transaction_id, event_id, type FROM transactions
    WHERE timestamp >= :start AND timestamp < :now
), scored AS (
    (SELECT true AS during, * FROM fraud_predictions WHERE timestamp >= :since AND timestamp < :now
     ORDER BY timestamp DESC LIMIT :most)
    UNION ALL
    (SELECT false, * FROM fraud_predictions WHERE timestamp >= :start AND timestamp < :since
     ORDER BY timestamp DESC LIMIT :most)
)
SELECT during, decision::text = CASE WHEN :approved THEN 'APPROVED' ELSE 'BLOCKED' END, amount::float8,
       model_version::text, event_id, type::text, host(network(set_masklen(ip, 24))),
       coalesce(extra->>'reported_by', 'our own')
FROM scored LEFT JOIN sold USING (transaction_id)

-- name: requests
-- The newest requests during an incident and before it: is it during, is it an error, and what describes it.
WITH asked AS (
    (SELECT true AS during, * FROM api_requests WHERE timestamp >= :since AND timestamp < :now
     ORDER BY timestamp DESC LIMIT :most)
    UNION ALL
    (SELECT false, * FROM api_requests WHERE timestamp >= :start AND timestamp < :since
     ORDER BY timestamp DESC LIMIT :most)
)
SELECT during, status >= 500, method, path, service, host(network(set_masklen(ip, 24))), coalesce(reported_by, 'our own')
FROM asked

-- name: without_a_row
-- Requests of a span of which no row was kept (performance.toml, [sampling]).
SELECT coalesce(sum(hits), 0)::bigint FROM request_counts WHERE timestamp >= :start AND timestamp < :now

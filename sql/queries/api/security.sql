-- name: counts
-- Security events of a span by severity.
SELECT severity::text, count(*) FROM security_events WHERE timestamp >= :start AND timestamp < :end GROUP BY 1

-- name: newest
-- The newest security events of a span.
SELECT timestamp, id, severity::text AS severity, text, category, action, outcome, actor, host(ip) AS ip, correlation_id, source
FROM security_events WHERE timestamp >= :start AND timestamp < :end ORDER BY timestamp DESC, id LIMIT :most

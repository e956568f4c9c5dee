-- name: checks
-- The newest check of each service before an instant.
SELECT c.service, c.timestamp, c.status::text AS status, c.latency_ms, c.detail
FROM unnest(CAST(:names AS text[])) AS wanted(name) CROSS JOIN LATERAL (
    SELECT service, timestamp, status, latency_ms, detail FROM service_checks
    WHERE service = wanted.name AND timestamp < :end ORDER BY timestamp DESC LIMIT 1
) c

-- name: host
-- The newest sample of the host before an instant.
SELECT timestamp, cpu_percent, cores, memory_used, memory_total, disk_used, disk_total, load1
FROM host_samples WHERE timestamp < :end ORDER BY timestamp DESC LIMIT 1

-- name: uptime
-- Checks of each service in a span, from the first that ever found it alive: how many were not DOWN, and how many in all.
SELECT c.service, count(*) FILTER (WHERE c.status <> 'DOWN'), count(*)
FROM unnest(CAST(:names AS text[])) AS wanted(name) CROSS JOIN LATERAL (
    SELECT timestamp FROM service_checks WHERE service = wanted.name AND status <> 'DOWN' ORDER BY timestamp LIMIT 1
) alive JOIN service_checks c ON c.service = wanted.name AND c.timestamp >= alive.timestamp
WHERE c.timestamp >= :start AND c.timestamp < :end GROUP BY c.service

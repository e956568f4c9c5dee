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
-- Checks of each service in a span: how many found it not DOWN, and how many there were.
SELECT service, count(*) FILTER (WHERE status <> 'DOWN'), count(*) FROM service_checks
WHERE timestamp >= :start AND timestamp < :end GROUP BY service

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
FROM service_checks c
JOIN (SELECT service, min(timestamp) AS first FROM service_checks WHERE status <> 'DOWN' GROUP BY service) alive
  ON alive.service = c.service AND c.timestamp >= alive.first
WHERE c.timestamp >= :start AND c.timestamp < :end GROUP BY c.service

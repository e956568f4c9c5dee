-- name: fraud_rate_alert
-- A1 as one query: a row when more than 3 % of at least 50 predictions of the last ten minutes were blocked.
SELECT 100.0 * count(*) FILTER (WHERE decision = 'BLOCKED') / count(*) AS fraud_rate, count(*) AS predictions FROM fraud_predictions WHERE timestamp > now() - interval '10 minutes' HAVING count(*) >= 50 AND 100.0 * count(*) FILTER (WHERE decision = 'BLOCKED') / count(*) > 3.0

-- name: hurry
-- What follows in this transaction may take five seconds.
SET LOCAL statement_timeout = '5s'

-- name: mfa_failures
-- Wrong second factors since an instant: at our console, and as the platform reported them.
SELECT 'console' AS realm, u.name AS account, count(*) AS failures, array_agg(host(f.ip)) FILTER (WHERE f.ip IS NOT NULL) AS ips
FROM mfa_failures f JOIN users u ON u.id = f.user_id WHERE f.at > :start GROUP BY u.name
UNION ALL
SELECT 'platform', actor, count(*), array_agg(host(ip)) FILTER (WHERE ip IS NOT NULL)
FROM security_events
WHERE timestamp > :start AND category = 'authentication' AND action LIKE 'mfa%' AND outcome = 'failure'
  AND actor IS NOT NULL AND source <> 'gatehouse'
GROUP BY actor

-- name: host
-- The mean of the host's samples of a span, in percent, and how many there were.
SELECT count(*) AS n, avg(cpu_percent) AS cpu, avg(100.0 * memory_used / nullif(memory_total, 0)) AS memory,
       avg(100.0 * disk_used / nullif(disk_total, 0)) AS disk, avg(100.0 * load1 / nullif(cores, 0)) AS load
FROM host_samples WHERE timestamp > :start AND timestamp <= :end

-- name: requests
-- Requests of each service in a span: how many, quantile of their duration (ms), and how many failed at the server.
SELECT service, count(*) AS n, percentile_disc(CAST(:quantile AS float8)) WITHIN GROUP (ORDER BY duration_ms) AS duration,
       count(*) FILTER (WHERE status >= 500) AS errors
FROM api_requests WHERE timestamp > :start AND timestamp <= :end GROUP BY service

-- name: canary
-- When the newest canary came back, and when the oldest one kept was sent.
SELECT max(finished_at) FILTER (WHERE state = 'sent') AS returned, min(created_at) AS first FROM outbox WHERE event = 'canary'

-- name: fraud_rate_alert
-- A1 as one query: a row when more than 3 % of at least 50 predictions of the last ten minutes were blocked.
SELECT 100.0 * count(*) FILTER (WHERE decision = 'BLOCKED') / count(*) AS fraud_rate, count(*) AS predictions FROM fraud_predictions WHERE timestamp > now() - interval '10 minutes' HAVING count(*) >= 50 AND 100.0 * count(*) FILTER (WHERE decision = 'BLOCKED') / count(*) > 3.0

-- name: hurry
-- What follows in this transaction may take five seconds.
SET LOCAL statement_timeout = '5s'

-- name: mfa_failures
-- Accounts with wrong second factors that were stored since an instant, and the most of them within one window of the time
-- at which they happened: at our console (until a right code clears them), and as others reported them. What happened
-- more than `late` before it was stored is history and judged by nobody.
WITH fresh AS (
    SELECT DISTINCT lower(actor) AS account FROM security_events
    WHERE stored_at > :since AND timestamp > stored_at - CAST(:late AS interval)
      AND category = 'authentication' AND outcome = 'failure' AND action LIKE 'mfa%'
), failures AS (
    SELECT 'console' AS realm, lower(u.name) AS account, f.at, f.at > :since AS is_fresh, f.ip
    FROM mfa_failures f JOIN users u ON u.id = f.user_id
    WHERE f.at > CAST(:since AS timestamptz) - CAST(:window AS interval)
    UNION ALL
    SELECT 'platform', lower(e.actor), e.timestamp,
           coalesce(e.stored_at > :since AND e.timestamp > e.stored_at - CAST(:late AS interval), false), e.ip
    FROM security_events e JOIN fresh ON lower(e.actor) = fresh.account
    WHERE e.timestamp > CAST(:since AS timestamptz) - CAST(:late AS interval) - CAST(:window AS interval)
      AND e.category = 'authentication' AND e.outcome = 'failure' AND e.action LIKE 'mfa%'
      AND NOT (e.source = ANY (:own)) AND e.document #>> '{observer,product}' IS DISTINCT FROM 'Gatehouse'
), counted AS (
    SELECT realm, account, at, count(*) OVER recent AS n, bool_or(is_fresh) OVER recent AS is_fresh FROM failures
    WINDOW recent AS (PARTITION BY realm, account ORDER BY at RANGE BETWEEN CAST(:window AS interval) PRECEDING AND CURRENT ROW)
), peaks AS (
    SELECT DISTINCT ON (realm, account) realm, account, at, n FROM counted WHERE is_fresh
    ORDER BY realm, account, n DESC, at DESC
)
SELECT p.realm, p.account, p.n AS failures, array_agg(DISTINCT host(f.ip)) FILTER (WHERE f.ip IS NOT NULL) AS ips
FROM peaks p JOIN failures f ON f.realm = p.realm AND f.account = p.account
WHERE f.at BETWEEN p.at - CAST(:window AS interval) AND p.at
GROUP BY p.realm, p.account, p.n

-- name: mfa_failures_slow
-- As above over a long window, of the failures that lie too far apart for a rule about bursts; our console's as its own
-- events keep them: a right code clears none.
WITH failures AS (
    SELECT CASE WHEN source = ANY (:own) THEN 'console' ELSE 'platform' END AS realm, lower(actor) AS account, timestamp AS at,
           coalesce(stored_at > :since AND timestamp > stored_at - CAST(:late AS interval), false) AS is_fresh, ip
    FROM security_events
    WHERE timestamp > CAST(:since AS timestamptz) - CAST(:late AS interval) - CAST(:window AS interval)
      AND category = 'authentication' AND outcome = 'failure' AND action LIKE 'mfa%' AND actor IS NOT NULL
      AND document #>> '{observer,product}' IS DISTINCT FROM 'Gatehouse'
), paced AS (
    SELECT *, count(*) OVER (PARTITION BY realm, account ORDER BY at
                             RANGE BETWEEN CAST(:burst_window AS interval) PRECEDING AND CURRENT ROW) AS fast FROM failures
), slow AS (
    SELECT * FROM paced WHERE fast < :burst
), counted AS (
    SELECT realm, account, at, count(*) OVER recent AS n, bool_or(is_fresh) OVER recent AS is_fresh FROM slow
    WINDOW recent AS (PARTITION BY realm, account ORDER BY at RANGE BETWEEN CAST(:window AS interval) PRECEDING AND CURRENT ROW)
), peaks AS (
    SELECT DISTINCT ON (realm, account) realm, account, at, n FROM counted WHERE is_fresh AND n >= :least
    ORDER BY realm, account, n DESC, at DESC
)
SELECT p.realm, p.account, p.n AS failures, array_agg(DISTINCT host(f.ip)) FILTER (WHERE f.ip IS NOT NULL) AS ips
FROM peaks p JOIN slow f ON f.realm = p.realm AND f.account = p.account
WHERE f.at BETWEEN p.at - CAST(:window AS interval) AND p.at
GROUP BY p.realm, p.account, p.n

-- name: evaluated_before
-- The newest evaluation at or before an instant.
SELECT max(at) FROM alert_ticks WHERE at <= :before

-- name: host
-- The mean of the host's samples of a span, in percent, and how many there were.
SELECT count(*) AS n, avg(cpu_percent) AS cpu, avg(100.0 * memory_used / nullif(memory_total, 0)) AS memory,
       avg(100.0 * disk_used / nullif(disk_total, 0)) AS disk, avg(100.0 * load1 / nullif(cores, 0)) AS load
FROM host_samples WHERE timestamp > :start AND timestamp <= :end

-- name: requests
-- Requests of each service in a span: how many, quantile of their duration (ms), and how many failed at the server.
SELECT service, count(*) AS n, percentile_disc(CAST(:quantile AS float8)) WITHIN GROUP (ORDER BY duration_ms) AS duration,
       count(*) FILTER (WHERE status >= 500) AS errors
FROM (
    SELECT service, duration_ms, status FROM api_requests WHERE timestamp > :start AND timestamp <= :end
    UNION ALL
    SELECT service, duration_ms, 200 FROM request_counts CROSS JOIN generate_series(1, timed)
    WHERE timestamp > :start AND timestamp <= :end
) asked GROUP BY service

-- name: canary
-- When the newest canary came back, and when the oldest one kept was sent.
SELECT max(finished_at) FILTER (WHERE state = 'sent') AS returned, min(created_at) AS first FROM outbox WHERE event = 'canary'

-- name: audit
-- Breaks of the audit log that nobody acknowledged, what the oldest says, and what the newest check found.
SELECT breaks.n, breaks.problem, newest.at, newest.problems, newest.detail
FROM (SELECT count(*) AS n, (array_agg(b.after->>'problem' ORDER BY b.seq))[1] AS problem
      FROM audit_log b WHERE b.action LIKE 'audit.%' AND b.action = 'audit.break'
        AND NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.action LIKE 'audit.%' AND a.action = 'audit.acknowledge'
                        AND a.target = 'row:' || b.seq)) breaks
LEFT JOIN (SELECT at, problems, detail FROM audit_checks ORDER BY problems > 0 AND at > now() - interval '3 hours' DESC, at DESC
           LIMIT 1) newest ON true

-- name: reports
-- Senders whose reports would have caused more than they may, as we said it ourselves.
SELECT actor, count(*), (array_agg(text ORDER BY timestamp DESC))[1] FROM security_events
WHERE timestamp > :start AND action = :action AND source = 'gatehouse' AND reported_by IS NULL AND actor IS NOT NULL
GROUP BY actor

-- name: regressions
-- Endpoints that the newest deploy of each service made slower or gave more errors, of deploys since an instant.
SELECT d.id, d.service, d.version, d.before, e.route, e.method, e.durations, e.errors, e.ratio, e.p95_before, e.p95_after,
       e.hits_before, e.hits_after, e.errors_before, e.errors_after
FROM (SELECT DISTINCT ON (service) id, service, version, before, at FROM deploys
      WHERE at >= to_timestamp(:since) ORDER BY service, at DESC, id DESC) d
JOIN deploy_endpoints e ON e.deploy_id = d.id
WHERE e.durations = 'slower' OR e.errors = 'more errors'
ORDER BY d.service, e.hits_after DESC, e.route, e.method LIMIT 200

-- name: changes
-- What changed from :start to :end: versions, configuration, the policy, models, switches, services that got worse, actions,
-- other incidents.
SELECT at, kind, what, old, new, actor, page FROM (
    SELECT p.created_at AS at, 'policy' AS kind, '' AS what, b.profile || ' ' || b.fraud_threshold AS old,
           p.profile || ' ' || p.fraud_threshold AS new, p.actor, '' AS page
    FROM policy_versions AS p JOIN policy_versions AS b ON b.version = p.version - 1
    WHERE p.created_at >= :start AND p.created_at < :end
    UNION ALL
    SELECT at, 'deploy', service, nullif(before, ''), version, actor, id::text FROM deploys
    WHERE at >= :start AND at < :end
    UNION ALL
    SELECT at, 'configuration', process, NULL, array_to_string(changed[1:3], ', '), '', '' FROM config_starts AS s
    WHERE at >= :start AND at < :end AND cardinality(changed) > 0 AND NOT EXISTS (
        SELECT FROM config_starts AS o WHERE o.hash = s.hash AND o.id < s.id AND o.at > s.at - interval '10 minutes'
            AND cardinality(o.changed) > 0)
    UNION ALL
    SELECT at, 'model', role, before::text, after::text, actor, '' FROM model_role_changes
    WHERE at >= :start AND at < :end
    UNION ALL
    SELECT at, 'switch', name, NULL, CASE WHEN is_on THEN 'on' ELSE 'off' END, actor, '' FROM switches
    WHERE actor <> 'installation' AND at >= :start AND at < :end
    UNION ALL
    SELECT timestamp, 'service', service, old::text, status::text, '', '' FROM (
        SELECT timestamp, service, status, lag(status) OVER (PARTITION BY service ORDER BY timestamp) AS old
        FROM service_checks WHERE timestamp >= CAST(:start AS timestamptz) - interval '10 minutes' AND timestamp < :end
    ) AS c WHERE status > old AND timestamp >= :start
    UNION ALL
    SELECT r.applied_at, 'action', r.action, NULL, NULL, r.requested_by, r.incident_id FROM action_runs AS r
    WHERE r.applied_at >= :start AND r.applied_at < :end AND r.incident_id <> :id
    UNION ALL
    SELECT began_at, 'incident', title, NULL, CASE WHEN strpos(title, series) = 0 THEN series END, '', id FROM incidents
    WHERE began_at >= :start AND began_at < :end AND id <> :id AND kind = 'alert' AND rule <> :rule
) AS found ORDER BY at DESC LIMIT :most

-- name: totals
-- Sums of minutes from :start to :end, and of the same span of the four weeks before it.
SELECT week, sum(revenue_cents) AS revenue_cents, sum(blocked) AS blocked, sum(errors) AS errors
FROM generate_series(0, 4) AS week
JOIN rollups ON width = 60 AND slot >= CAST(:start AS timestamptz) - week * interval '7 days'
    AND slot < CAST(:end AS timestamptz) - week * interval '7 days'
GROUP BY week

-- name: earlier
-- The last incident of the rule that was over when this one began; one of the same series first.
SELECT id, series, began_at, resolved_at, coalesce(resolved_by, '') AS resolved_by FROM incidents
WHERE rule = :rule AND kind = :kind AND id <> :id AND resolved_at <= :began
ORDER BY series = :series DESC, began_at DESC LIMIT 1

-- name: steps
-- What was done about an incident: actions as they were applied, and what people wrote.
SELECT at, text, actor FROM (
    SELECT applied_at AS at, action || ' was applied' AS text, '' AS actor FROM action_runs
    WHERE incident_id = :id AND applied_at IS NOT NULL
    UNION ALL
    SELECT at, text, actor FROM incident_events WHERE incident_id = :id AND kind = 'comment'
) AS found ORDER BY at LIMIT :most

-- name: located
-- The newest slices that an action found for an incident.
SELECT a.body, a.run_id FROM action_artefacts AS a JOIN action_runs AS r ON r.id = a.run_id
WHERE r.incident_id = :id AND a.name LIKE 'where-%.json' ORDER BY a.created_at DESC LIMIT 1

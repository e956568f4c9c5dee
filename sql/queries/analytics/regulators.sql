-- name: alerts
-- Incidents that opened in a span, step by step; those of synthetic messages are none.
SELECT count(*) AS opened, count(notified_at) AS notified,
       count(*) FILTER (WHERE notified_at IS NOT NULL AND (acknowledged_at IS NOT NULL OR resolved_by <> :system)) AS handled,
       count(j.judgement) FILTER (WHERE notified_at IS NOT NULL) AS judged,
       count(*) FILTER (WHERE notified_at IS NOT NULL AND j.judgement = 'right') AS right
FROM incidents i LEFT JOIN incident_judgements j ON j.incident_id = i.id
WHERE i.opened_at >= :start AND i.opened_at < :end AND i.kind <> 'canary'

-- name: open_alerts
-- Incidents of a span that are not resolved, by the hours since they opened.
SELECT greatest(0, floor(extract(epoch FROM CAST(:now AS timestamptz) - opened_at) / 3600))::int AS age, count(*) AS cases
FROM incidents WHERE opened_at >= :start AND opened_at < :end AND kind <> 'canary' AND status <> 'resolved'
GROUP BY 1 ORDER BY 1

-- name: alert_times
-- Seconds to the acknowledgement and to the resolution of incidents of a span that people were told of.
SELECT extract(epoch FROM acknowledged_at - notified_at)::float8 AS acknowledged,
       extract(epoch FROM resolved_at - opened_at)::float8 AS resolved
FROM incidents WHERE opened_at >= :start AND opened_at < :end AND kind <> 'canary' AND notified_at IS NOT NULL

-- name: judged
-- Minutes in which rules were judged in a span, and the first hour of which that is known.
SELECT coalesce(sum(minutes) FILTER (WHERE hour >= :start AND hour < :end), 0)::bigint AS minutes,
       extract(epoch FROM min(hour))::float8 AS first
FROM judging_hours

-- name: rules
-- The rules in force, and those that have a value now.
SELECT count(*) AS rules,
       count(*) FILTER (WHERE NOT EXISTS (SELECT FROM alert_states s WHERE s.rule = r.id AND s.health <> 'ok')) AS well
FROM alert_rules r

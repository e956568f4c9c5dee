-- name: rules
-- The rules as the worker loaded them, in the order of its configuration.
SELECT id, position, title, severity::text AS severity, definition, loaded_at FROM alert_rules ORDER BY position, id

-- name: states
-- Every series of every rule, as last judged.
SELECT rule, series, phase, health, value, since, evaluated_at, incident_id FROM alert_states ORDER BY rule, series

-- name: evaluated
-- When the rules were last judged.
SELECT max(evaluated_at) FROM alert_states

-- name: unresolved
-- Incidents that are not over, newest first.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit, began_at,
       opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by, assignee,
       correlation_id, details, group_id, inhibited_by
FROM incidents WHERE status <> 'resolved' ORDER BY opened_at DESC, id

-- name: incident
-- One incident.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit, began_at,
       opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by, assignee,
       correlation_id, details, group_id, inhibited_by
FROM incidents WHERE id = :id

-- name: listed
-- Incidents of a filter, newest first.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit, began_at,
       opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by, assignee,
       correlation_id, details, group_id, inhibited_by
FROM incidents
WHERE (CAST(:rule AS text) IS NULL OR rule = :rule)
  AND (CAST(:severity AS text) IS NULL OR severity = CAST(:severity AS severity))
  AND (CAST(:status AS text) IS NULL OR status = :status)
  AND (CAST(:correlation_id AS text) IS NULL OR correlation_id = :correlation_id)
  AND (CAST(:words AS text) IS NULL
       OR strpos(lower(concat_ws(' ', id, rule, series, title, summary, assignee, correlation_id)), lower(:words)) > 0)
  AND (CAST(:start AS timestamptz) IS NULL OR opened_at >= :start)
  AND (CAST(:end AS timestamptz) IS NULL OR opened_at < :end)
  AND (CAST(:below_at AS timestamptz) IS NULL OR (opened_at, id) < (:below_at, :below_id))
ORDER BY opened_at DESC, id DESC LIMIT :most

-- name: together
-- The others of an incident's group: what is open first, the newest first.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit, began_at,
       opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by, assignee,
       correlation_id, details, group_id, inhibited_by
FROM incidents
WHERE group_id = CAST(:group AS text) AND id <> :id ORDER BY status = 'resolved', status, opened_at DESC, id LIMIT :most

-- name: following
-- What follows from an incident, what is open first.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit, began_at,
       opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by, assignee,
       correlation_id, details, group_id, inhibited_by
FROM incidents
WHERE inhibited_by = :id ORDER BY status = 'resolved', opened_at DESC, id LIMIT :most

-- name: group_counts
-- How many incidents are told together with one, how many of them nobody took, and how many follow from it.
SELECT (SELECT count(*) FROM incidents WHERE group_id = CAST(:group AS text) AND id <> :id) AS together_count,
       (SELECT count(*) FROM incidents WHERE group_id = CAST(:group AS text) AND status = 'open') AS together_open,
       (SELECT count(*) FROM incidents WHERE inhibited_by = :id) AS following_count

-- name: spans
-- Incidents that were open during a span, oldest first: what charts mark.
SELECT id, rule, series, kind, severity::text AS severity, status, title, opened_at, resolved_at
FROM incidents WHERE opened_at < :end AND (resolved_at IS NULL OR resolved_at > :start) AND kind <> 'canary'
ORDER BY opened_at, id LIMIT :most

-- name: policies
-- Changes of the policy in a span; the first version of an installation changes nothing.
SELECT version, created_at, profile, fraud_threshold, actor FROM policy_versions
WHERE created_at >= :start AND created_at < :end AND version > 1 ORDER BY version DESC LIMIT :most

-- name: events
-- The timeline of an incident, oldest first.
SELECT id, at, kind, actor, text, details FROM incident_events WHERE incident_id = :id ORDER BY at, id

-- name: deliveries
-- The messages of an incident, oldest first.
SELECT id, channel, event, state, created_at, due_at, attempts, last_error, receipt, finished_at, fallback_of
FROM outbox WHERE incident_id = :id ORDER BY id

-- name: actions
-- What the system did or offers for an incident.
SELECT id, action, mode, state, parameters, before, after, message, attempts, due_at, requested_at, requested_by, applied_at,
       revert_at, reverted_at, reverted_by
FROM action_runs WHERE incident_id = :id ORDER BY id

-- name: artefacts
-- What actions of an incident produced, without the content.
SELECT a.run_id, a.name, a.content_type, length(a.body) AS size, a.created_at
FROM action_artefacts a JOIN action_runs r ON r.id = a.run_id WHERE r.incident_id = :id ORDER BY a.run_id, a.name

-- name: artefact
-- One artefact, whole, of a run of this incident.
SELECT a.name, a.content_type, a.body
FROM action_artefacts a JOIN action_runs r ON r.id = a.run_id
WHERE a.run_id = :run_id AND a.name = :name AND r.incident_id = :incident_id

-- name: security
-- Security events of a correlation id, newest first.
SELECT timestamp, id, severity::text AS severity, text, actor, host(ip) AS ip, source
FROM security_events WHERE correlation_id = :correlation_id AND timestamp >= :start ORDER BY timestamp DESC, id LIMIT :most

-- name: runs_open
-- Actions that are on or wait for somebody, over all incidents.
SELECT r.id, r.incident_id, r.action, r.mode, r.state, r.message, r.requested_at, r.applied_at, r.revert_at, i.title
FROM action_runs r JOIN incidents i ON i.id = r.incident_id
WHERE r.state IN ('suggested', 'due', 'applying', 'applied', 'reverting') ORDER BY r.id DESC LIMIT :most

-- name: links
-- What receivers call an incident.
SELECT source, external_id, url FROM incident_links WHERE incident_id = :id ORDER BY source, external_id

-- name: channels
-- Channels as their deliverer knows them.
SELECT channel, kind, configured, missing, fallback, CASE WHEN paused_until > :now THEN paused_until END AS paused_until,
       paused_reason, last_ok_at, last_error_at, last_error
FROM channel_states ORDER BY channel

-- name: outbox_by_channel
-- What waits and what could not be delivered, by channel.
SELECT channel, count(*) FILTER (WHERE state = 'pending') AS waiting,
       min(created_at) FILTER (WHERE state = 'pending') AS oldest,
       count(*) FILTER (WHERE state = 'dead' AND finished_at > :since) AS dead,
       count(*) FILTER (WHERE state = 'sent' AND finished_at > :since) AS sent
FROM outbox WHERE state = 'pending' OR created_at > :since GROUP BY channel ORDER BY channel

-- name: tests
-- The newest test message of each channel.
SELECT DISTINCT ON (channel) id, channel, state, created_at, attempts, last_error, receipt, finished_at, fallback_of
FROM outbox WHERE event = 'test' AND fallback_of IS NULL ORDER BY channel, id DESC

-- name: switch
-- A switch that people throw.
SELECT is_on, actor, reason, at FROM switches WHERE name = :name

-- name: fired_between
-- Incidents of a span with what a silence matches by: for the preview of a silence.
SELECT id, rule, series, severity::text AS severity, title, opened_at, resolved_at
FROM incidents WHERE opened_at >= :start AND kind <> 'canary' ORDER BY opened_at DESC LIMIT :most

-- name: tick_count
-- How many recorded evaluations a span has.
SELECT count(*) FROM alert_ticks WHERE at >= :start AND at < :end

-- name: ticks
-- Every n-th recorded evaluation of a span, and the newest.
SELECT at, readings FROM (
    SELECT at, readings, row_number() OVER (ORDER BY at DESC) AS place FROM alert_ticks WHERE at >= :start AND at < :end
) t WHERE (place - 1) % :every = 0 ORDER BY at

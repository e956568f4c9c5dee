-- name: insert
-- A new incident; nothing when it is there already.
INSERT INTO incidents (id, rule, series, kind, severity, status, title, summary, value, peak, limit_value, unit,
                       began_at, opened_at, correlation_id, details)
VALUES (:id, :rule, :series, :kind, CAST(:severity AS severity), 'open', :title, :summary, :value, :value, :limit_value,
        :unit, :began_at, :opened_at, :correlation_id, CAST(:details AS jsonb))
ON CONFLICT (id) DO NOTHING

-- name: open_ids
-- Incidents of these that nobody has resolved.
SELECT id FROM incidents WHERE id = ANY(CAST(:ids AS text[])) AND status <> 'resolved'

-- name: unresolved
-- Every incident that is not resolved, worst and oldest first.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit,
       began_at, opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by,
       assignee, correlation_id, details
FROM incidents WHERE status <> 'resolved' ORDER BY severity DESC, opened_at

-- name: one
-- One incident.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit,
       began_at, opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by,
       assignee, correlation_id, details
FROM incidents WHERE id = :id

-- name: opened_since
-- Incidents of rules that were opened from an instant on.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit,
       began_at, opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by,
       assignee, correlation_id, details
FROM incidents WHERE opened_at >= :since AND kind IN ('alert', 'no_data', 'error') ORDER BY opened_at

-- name: lock
-- One incident, to be changed.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit,
       began_at, opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by,
       assignee, correlation_id, details
FROM incidents WHERE id = :id FOR UPDATE

-- name: measure
-- Present and worst values of open incidents.
UPDATE incidents SET value = m.value, peak = m.peak
FROM jsonb_to_recordset(CAST(:measured AS jsonb)) AS m (id text, value float8, peak float8)
WHERE incidents.id = m.id AND status <> 'resolved' AND (incidents.value, incidents.peak) IS DISTINCT FROM (m.value, m.peak)

-- name: notified
-- People were told.
UPDATE incidents SET notified_at = :at WHERE id = :id AND notified_at IS NULL

-- name: set_resolved
-- It is over.
UPDATE incidents SET status = 'resolved', resolved_at = :at, resolved_by = :actor, value = COALESCE(:value, value)
WHERE id = :id AND status <> 'resolved'

-- name: set_acknowledged
-- Somebody works on it.
UPDATE incidents SET status = 'acknowledged', acknowledged_at = :at, acknowledged_by = :actor
WHERE id = :id AND status = 'open'

-- name: set_assignee
-- Who works on it.
UPDATE incidents SET assignee = :assignee WHERE id = :id

-- name: set_escalated
-- More people were told.
UPDATE incidents SET escalated_at = :at WHERE id = :id

-- name: add_event
-- A line on the timeline.
INSERT INTO incident_events (incident_id, at, kind, actor, text, details)
VALUES (:incident_id, :at, :kind, :actor, :text, CAST(:details AS jsonb))

-- name: timeline
-- The timeline of an incident, oldest first.
SELECT id, at, kind, actor, text, details FROM incident_events WHERE incident_id = :id ORDER BY id

-- name: told
-- The newest message that told each channel of an incident, with what it said.
SELECT DISTINCT ON (channel) channel, notice FROM outbox
WHERE incident_id = :id AND event IN ('trigger', 'escalate') AND state <> 'cancelled' AND fallback_of IS NULL
ORDER BY channel, id DESC

-- name: escalations
-- How often an incident was escalated.
SELECT count(*) FROM incident_events WHERE incident_id = :id AND kind = 'escalated'

-- name: untold
-- Open incidents of rules that nobody was told of.
SELECT id FROM incidents WHERE status <> 'resolved' AND notified_at IS NULL AND kind IN ('alert', 'no_data', 'error')

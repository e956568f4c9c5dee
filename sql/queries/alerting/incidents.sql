-- name: insert
-- New incidents with the first lines of their timelines; nothing of one that is there already, or of whose rule, series
-- and kind another is open (one was reopened).
WITH new AS (
    INSERT INTO incidents (id, rule, series, kind, severity, status, title, summary, value, peak, limit_value, unit,
                           began_at, opened_at, correlation_id, details)
    SELECT id, rule, series, kind, CAST(severity AS severity), 'open', title, summary, value, value, limit_value, unit,
           began_at, opened_at, correlation_id, details
    FROM jsonb_to_recordset(CAST(:openings AS jsonb)) AS o
        (id text, rule text, series text, kind text, severity text, title text, summary text, value float8,
         limit_value float8, unit text, began_at timestamptz, opened_at timestamptz, correlation_id text, details jsonb)
    ON CONFLICT DO NOTHING
    RETURNING id, opened_at, summary
), told AS (
    INSERT INTO incident_events (incident_id, at, kind, actor, text, details)
    SELECT id, opened_at, 'opened', :actor, left(summary, 4000), '{}' FROM new
)
SELECT id FROM new

-- name: open_ids
-- Incidents of these that nobody has resolved.
SELECT id FROM incidents WHERE id = ANY(CAST(:ids AS text[])) AND status <> 'resolved'

-- name: unresolved
-- Every incident that is not resolved, worst and oldest first.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit,
       began_at, opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by,
       assignee, correlation_id, details, group_id, inhibited_by
FROM incidents WHERE status <> 'resolved' ORDER BY severity DESC, opened_at

-- name: one
-- One incident.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit,
       began_at, opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by,
       assignee, correlation_id, details, group_id, inhibited_by
FROM incidents WHERE id = :id

-- name: some
-- Some incidents.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit,
       began_at, opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by,
       assignee, correlation_id, details, group_id, inhibited_by
FROM incidents WHERE id = ANY(CAST(:ids AS text[]))

-- name: opened_since
-- Incidents of rules that were opened from an instant on.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit,
       began_at, opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by,
       assignee, correlation_id, details, group_id, inhibited_by
FROM incidents WHERE opened_at >= :since AND kind IN ('alert', 'no_data', 'error') ORDER BY opened_at

-- name: lock
-- One incident, to be changed.
SELECT id, rule, series, kind, severity::text AS severity, status, title, summary, value, peak, limit_value, unit,
       began_at, opened_at, notified_at, acknowledged_at, acknowledged_by, escalated_at, resolved_at, resolved_by,
       assignee, correlation_id, details, group_id, inhibited_by
FROM incidents WHERE id = :id FOR UPDATE

-- name: measure
-- Present and worst values of open incidents.
UPDATE incidents SET value = m.value, peak = m.peak
FROM jsonb_to_recordset(CAST(:measured AS jsonb)) AS m (id text, value float8, peak float8)
WHERE incidents.id = m.id AND status <> 'resolved' AND (incidents.value, incidents.peak) IS DISTINCT FROM (m.value, m.peak)

-- name: notified
-- People were told.
UPDATE incidents SET notified_at = :at WHERE id = ANY(CAST(:ids AS text[])) AND notified_at IS NULL

-- name: set_resolved
-- They are over; those that were not before.
UPDATE incidents SET status = 'resolved', resolved_at = :at, resolved_by = :actor, value = COALESCE(e.value, incidents.value)
FROM jsonb_to_recordset(CAST(:endings AS jsonb)) AS e (id text, value float8)
WHERE incidents.id = e.id AND status <> 'resolved'
RETURNING incidents.id

-- name: set_acknowledged
-- Somebody works on it.
UPDATE incidents SET status = 'acknowledged', acknowledged_at = :at, acknowledged_by = :actor
WHERE id = :id AND status = 'open'

-- name: set_unacknowledged
-- An acknowledgement is withdrawn, with all that it was about: these wait for somebody again, and escalation counts from now.
UPDATE incidents AS i SET status = 'open', acknowledged_at = NULL, acknowledged_by = NULL, escalated_at = NULL,
    waiting_since = :at
FROM incidents AS o
WHERE o.id = :id AND o.status = 'acknowledged' AND i.status = 'acknowledged'
  AND (i.id = o.id OR i.group_id = o.group_id AND i.acknowledged_at = o.acknowledged_at AND i.acknowledged_by = o.acknowledged_by)
RETURNING i.id

-- name: set_reopened
-- A person opens them again, except where another incident of the rule, series and kind is open.
UPDATE incidents AS i SET status = 'open', resolved_at = NULL, resolved_by = NULL, acknowledged_at = NULL,
    acknowledged_by = NULL, escalated_at = NULL, waiting_since = :at
WHERE id = ANY(CAST(:ids AS text[])) AND status = 'resolved' AND NOT EXISTS (
    SELECT FROM incidents AS o WHERE o.rule = i.rule AND o.series = i.series AND o.kind = i.kind AND o.status <> 'resolved')
RETURNING i.id

-- name: set_assignee
-- Who works on it.
UPDATE incidents SET assignee = :assignee WHERE id = :id

-- name: set_escalated
-- More people were told.
UPDATE incidents SET escalated_at = :at WHERE id = :id

-- name: add_events
-- Lines on timelines, in their order.
INSERT INTO incident_events (incident_id, at, kind, actor, text, details)
SELECT incident_id, at, kind, actor, text, details
FROM jsonb_to_recordset(CAST(:events AS jsonb)) AS e
    (place integer, incident_id text, at timestamptz, kind text, actor text, text text, details jsonb)
ORDER BY e.place

-- name: add_event_once
-- A line on the timeline, unless the same is there.
INSERT INTO incident_events (incident_id, at, kind, actor, text)
SELECT :incident_id, :at, :kind, :actor, :text WHERE NOT EXISTS (
    SELECT FROM incident_events WHERE incident_id = :incident_id AND kind = :kind AND text = :text)

-- name: channels_of
-- The channels of a kind.
SELECT channel FROM channel_states WHERE kind = :kind

-- name: taken_back
-- How often an acknowledgement or an end was taken back: of incidents, and of groups as wholes, by the incident named so.
SELECT incident_id AS id, false AS is_group, count(*) AS times FROM incident_events
WHERE incident_id = ANY(CAST(:ids AS text[])) AND kind IN ('reopened', 'unacknowledged')
GROUP BY incident_id
UNION ALL
SELECT i.group_id, true, count(*) FROM incidents AS i JOIN incident_events AS e ON e.incident_id = i.id
WHERE i.group_id = ANY(CAST(:ids AS text[])) AND e.kind IN ('reopened', 'unacknowledged')
GROUP BY i.group_id

-- name: timeline
-- The timeline of an incident, oldest first.
SELECT id, at, kind, actor, text, details FROM incident_events WHERE incident_id = :id ORDER BY id

-- name: told
-- The newest message that told each channel of each incident, with what it said.
SELECT DISTINCT ON (incident_id, channel) incident_id, channel, notice FROM outbox
WHERE incident_id = ANY(CAST(:ids AS text[])) AND event IN ('trigger', 'escalate') AND state <> 'cancelled'
  AND fallback_of IS NULL
ORDER BY incident_id, channel, id DESC

-- name: escalations
-- How often an incident was escalated.
SELECT count(*) FROM incident_events WHERE incident_id = :id AND kind = 'escalated'

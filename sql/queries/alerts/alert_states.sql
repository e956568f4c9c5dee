-- name: all
-- The state of every series of every rule.
SELECT rule, series, CAST(state AS text) AS state, since, evaluated_at FROM alert_states

-- name: put
-- States as they are after an evaluation.
INSERT INTO alert_states (rule, series, phase, health, value, since, evaluated_at, incident_id, state)
SELECT rule, series, phase, health, value, to_timestamp(since), :at, incident_id, state
FROM jsonb_to_recordset(CAST(:states AS jsonb)) AS s
    (rule text, series text, phase text, health text, value float8, since float8, incident_id text, state jsonb)
ON CONFLICT (rule, series) DO UPDATE SET
    phase = excluded.phase, health = excluded.health, value = excluded.value, since = excluded.since,
    evaluated_at = excluded.evaluated_at, incident_id = excluded.incident_id, state = excluded.state

-- name: forget
-- Series that are not watched any more.
DELETE FROM alert_states USING jsonb_to_recordset(CAST(:gone AS jsonb)) AS g (rule text, series text)
WHERE alert_states.rule = g.rule AND alert_states.series = g.series

-- name: last_tick
-- When the newest evaluation was.
SELECT max(at) FROM alert_ticks

-- name: newest_tick
-- The newest recorded evaluation.
SELECT readings FROM alert_ticks ORDER BY at DESC LIMIT 1

-- name: put_tick
-- What one evaluation saw and decided.
INSERT INTO alert_ticks (at, token, readings) VALUES (:at, :token, :readings)

-- name: ticks
-- Recorded evaluations of a span.
SELECT at, readings FROM alert_ticks WHERE at >= :start AND at < :end ORDER BY at

-- name: drop_ticks
-- Retention of recorded evaluations; the newest is always kept.
DELETE FROM alert_ticks WHERE at < :before AND at < (SELECT max(at) FROM alert_ticks)

-- name: put_rules
-- The rules as they are configured now.
INSERT INTO alert_rules (id, position, title, severity, definition, loaded_at)
SELECT id, position, title, CAST(severity AS severity), definition, :at
FROM jsonb_to_recordset(CAST(:rules AS jsonb)) AS r
    (id text, position integer, title text, severity text, definition jsonb)
ON CONFLICT (id) DO UPDATE SET position = excluded.position, title = excluded.title, severity = excluded.severity,
    definition = excluded.definition, loaded_at = excluded.loaded_at

-- name: drop_rules
-- Rules that are not configured any more.
DELETE FROM alert_rules WHERE id <> ALL(CAST(:ids AS text[]))

-- name: rules
-- The rules in their order.
SELECT id, position, title, severity::text AS severity, definition, loaded_at FROM alert_rules ORDER BY position

-- name: note_judging
-- In how many minutes of each hour since :since rules were judged.
INSERT INTO judging_hours (hour, minutes)
SELECT date_trunc('hour', at), count(DISTINCT date_trunc('minute', at)) FROM alert_ticks
WHERE at >= date_trunc('hour', CAST(:since AS timestamptz)) GROUP BY 1
ON CONFLICT (hour) DO UPDATE SET minutes = greatest(judging_hours.minutes, excluded.minutes)

-- name: newest_judging
-- The newest hour of which it is known in how many minutes rules were judged.
SELECT max(hour) FROM judging_hours

-- name: drop_judging
-- Retention of them.
DELETE FROM judging_hours WHERE hour < :before

-- name: insert
-- Actions asked for, once for each key, in their order.
INSERT INTO action_runs (key, incident_id, action, mode, state, parameters, due_at, requested_at, requested_by)
SELECT key, incident_id, action, mode, state, parameters, :at, :at, :actor
FROM jsonb_to_recordset(CAST(:intents AS jsonb)) AS i
    (place integer, key text, incident_id text, action text, mode text, state text, parameters jsonb)
ORDER BY i.place
ON CONFLICT (key) DO NOTHING

-- name: expire
-- What nobody approved and nothing applied is not wanted any more once the incident is over.
UPDATE action_runs SET state = 'expired', message = 'the incident ended first'
WHERE incident_id = ANY(CAST(:ids AS text[])) AND state = 'suggested'

-- name: revert_now
-- What was applied for an incident and is to end with it is due to be reverted.
UPDATE action_runs SET revert_at = least(revert_at, :at)
WHERE incident_id = ANY(CAST(:ids AS text[])) AND state IN ('due', 'applying', 'applied') AND revert_at IS NOT NULL

-- name: one
-- One run.
SELECT * FROM action_runs WHERE id = :id

-- name: one_locked
-- One run, which nobody else changes until the transaction ends.
SELECT * FROM action_runs WHERE id = :id FOR UPDATE

-- name: of_incident
-- The runs of an incident, in the order in which they were asked for.
SELECT * FROM action_runs WHERE incident_id = :incident_id ORDER BY id

-- name: listed
-- Runs of all incidents, newest first.
SELECT * FROM action_runs
WHERE (CAST(:action AS text) IS NULL OR action = :action) AND (CAST(:state AS text) IS NULL OR state = :state)
ORDER BY id DESC LIMIT :most

-- name: artefacts
-- What a run produced, without the contents.
SELECT run_id, name, content_type, length(body) AS size, created_at FROM action_artefacts
WHERE run_id = :run_id ORDER BY name

-- name: artefact
-- One thing that a run produced.
SELECT content_type, body FROM action_artefacts WHERE run_id = :run_id AND name = :name

-- name: keep_artefact
-- Keep what a run produced; done again it replaces itself.
INSERT INTO action_artefacts (run_id, name, content_type, body) VALUES (:run_id, :name, :content_type, :body)
ON CONFLICT (run_id, name) DO UPDATE SET content_type = excluded.content_type, body = excluded.body

-- name: decide
-- A person's word about a run: its new state, and when it is due.
UPDATE action_runs SET state = :state, due_at = :at, message = :message, decided_by = :actor, attempts = 0
WHERE id = :id

-- name: ask_revert
-- A person wants it back; a worker does it.
UPDATE action_runs SET revert_at = :at, reverted_by = :actor, due_at = :at WHERE id = :id

-- name: timeline
-- A step on the incident's timeline.
INSERT INTO incident_events (incident_id, at, kind, actor, text, details)
VALUES (:incident_id, :at, 'action', :actor, :text, CAST(:details AS jsonb))

-- name: incident_status
-- Whether an incident is still open.
SELECT status FROM incidents WHERE id = :id

-- name: waiting
-- Runs that want work: to be applied, to be reverted, or left in the middle by a dead worker; those that reach outside
-- (`outside`), or all others. Reverts come first: they bring back what people chose.
SELECT * FROM action_runs
WHERE (action = ANY(:outside)) = :reaching AND (
    (state = 'due' AND due_at <= :now)
    OR (state = 'applied' AND revert_at <= :now AND due_at <= :now)
    OR (state IN ('applying', 'reverting') AND claimed_until <= :now))
ORDER BY state = 'due', due_at, id LIMIT :most

-- name: lock
-- A run for one worker, unless another one has it.
SELECT * FROM action_runs WHERE id = :id FOR UPDATE SKIP LOCKED

-- name: lock_action
-- One judgement of an action's bounds at a time, until the transaction ends.
SELECT pg_advisory_xact_lock(7305020, hashtext(:action))

-- name: begun
-- When runs of an action began to act, from a time on (and those that a clock set back has put into the future).
SELECT extract(epoch FROM started_at)::float8 FROM action_runs WHERE action = :action AND started_at > :since AND id <> :id

-- name: in_force
-- Other runs of an action that are in force or about to be.
SELECT * FROM action_runs
WHERE action = :action AND id <> :id AND state IN ('applying', 'applied') ORDER BY id

-- name: begin
-- A worker reaches out with absolute values, which are on record before.
UPDATE action_runs SET
    state = :state, claim = claim + 1, claimed_until = :until, attempts = attempts + 1,
    before = coalesce(CAST(:before AS jsonb), before), after = coalesce(CAST(:after AS jsonb), after),
    started_at = coalesce(started_at, :started_at), revert_at = CASE WHEN :state = 'applying'
        THEN coalesce(least(revert_at, :revert_at), :revert_at) ELSE revert_at END
WHERE id = :id RETURNING claim

-- name: applied
-- It is done.
UPDATE action_runs SET
    state = :state, message = :message, applied_at = :at, claimed_until = NULL, attempts = 0, due_at = :at,
    before = coalesce(CAST(:before AS jsonb), before), after = coalesce(CAST(:after AS jsonb), after),
    started_at = coalesce(started_at, :started_at),
    revert_at = coalesce(least(revert_at, :revert_at), :revert_at)
WHERE id = :id AND claim = :claim

-- name: reverted
-- It is undone.
UPDATE action_runs SET
    state = 'reverted', message = :message, reverted_at = :at, claimed_until = NULL,
    reverted_by = coalesce(reverted_by, :actor)
WHERE id = :id AND claim = :claim

-- name: ended
-- It came to nothing: refused or failed.
UPDATE action_runs SET state = :state, message = :message, claimed_until = NULL, due_at = :at
WHERE id = :id AND claim = :claim

-- name: again
-- It is tried again later.
UPDATE action_runs SET
    attempts = attempts + :counted, message = :message, due_at = :at,
    claimed_until = CASE WHEN state IN ('applying', 'reverting') THEN CAST(:at AS timestamptz) ELSE NULL END
WHERE id = :id AND claim = :claim

-- name: incident
-- What an action may know of its incident.
SELECT id, rule, series, severity::text AS severity, title, summary, status, correlation_id, details
FROM incidents WHERE id = :id

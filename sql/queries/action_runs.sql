-- name: insert
-- An action asked for, once for each key.
INSERT INTO action_runs (key, incident_id, action, mode, state, parameters, due_at, requested_at, requested_by)
VALUES (:key, :incident_id, :action, :mode, :state, CAST(:parameters AS jsonb), :at, :at, :actor)
ON CONFLICT (key) DO NOTHING

-- name: expire
-- What nobody approved and nothing applied is not wanted any more once the incident is over.
UPDATE action_runs SET state = 'expired', message = 'the incident ended first'
WHERE incident_id = :incident_id AND state = 'suggested'

-- name: revert_now
-- What was applied for an incident and is to end with it is due to be reverted.
UPDATE action_runs SET revert_at = least(revert_at, :at)
WHERE incident_id = :incident_id AND state IN ('due', 'applying', 'applied') AND revert_at IS NOT NULL

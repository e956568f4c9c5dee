-- name: request
-- Ask for a run; a key that is known changes nothing.
INSERT INTO training_runs (key, kind, due_at, reason, requested_by, correlation_id, options, source, upload)
VALUES (:key, :kind, to_timestamp(:due_at), :reason, :requested_by, :correlation_id, CAST(:options AS jsonb), :source, CAST(:upload AS bigint))
ON CONFLICT (key) DO NOTHING RETURNING id

-- name: by_key
-- The run of a key.
SELECT id FROM training_runs WHERE key = :key

-- name: lock
-- Claims happen one after another.
SELECT pg_advisory_xact_lock(7305031)

-- name: abandon
-- Runs whose workers died too often are not tried again.
UPDATE training_runs SET state = 'failed', finished_at = to_timestamp(:now), lease_until = NULL,
       message = 'given up: its worker ended ' || attempts || ' times before the run was finished'
WHERE state = 'running' AND lease_until < to_timestamp(:now) AND attempts >= :most_attempts

-- name: claim
-- Take the run that is due longest, or one whose worker died, unless another run is alive. For an emergency `due_at` is
-- the latest it may start: it is taken at once.
UPDATE training_runs SET state = 'running', claimed_by = :worker, attempts = attempts + 1, progress = 0,
       lease_until = to_timestamp(:now + :lease), started_at = to_timestamp(:now), message = 'started',
       stages = stages || jsonb_build_object('at', to_char(to_timestamp(:now), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'share', 0,
           'what', CASE WHEN attempts = 0 THEN 'started' ELSE 'taken up again, attempt ' || attempts + 1 END)
WHERE id = (
    SELECT id FROM training_runs
    WHERE (state = 'queued' AND (due_at <= to_timestamp(:now) OR kind = 'emergency')) OR (state = 'running' AND lease_until < to_timestamp(:now))
    ORDER BY (kind = 'emergency') DESC, due_at, id LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM training_runs WHERE state = 'running' AND lease_until >= to_timestamp(:now))
RETURNING id

-- name: progress
-- Say how far a run is, and keep it; only its worker may. What stands before the first comma is the stage.
UPDATE training_runs SET progress = GREATEST(progress, CAST(:share AS real)), message = :message,
       lease_until = to_timestamp(:now + :lease),
       stages = CASE WHEN split_part(:message, ',', 1) = split_part(message, ',', 1) THEN stages ELSE stages || jsonb_build_object(
           'at', to_char(to_timestamp(:now), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'share', CAST(:share AS float8), 'what', split_part(:message, ',', 1)) END
WHERE id = :id AND state = 'running' AND claimed_by = :worker

-- name: finish
-- End a run; only its worker may, and not with a model when somebody has stopped it.
UPDATE training_runs SET state = :state, message = :message, version = CAST(:version AS integer),
       comparison = CAST(:comparison AS jsonb), decision = CAST(:decision AS text), finished_at = to_timestamp(:now), lease_until = NULL,
       progress = CASE WHEN :state IN ('failed', 'cancelled') THEN progress ELSE 1 END
WHERE id = :id AND state = 'running' AND claimed_by = :worker AND (stop_by IS NULL OR :state IN ('failed', 'cancelled'))

-- name: listed
-- Runs, newest first.
SELECT * FROM training_runs ORDER BY id DESC LIMIT :most

-- name: one
-- One run.
SELECT * FROM training_runs WHERE id = :id

-- name: open
-- Runs of a kind that wait or are under way.
SELECT id FROM training_runs WHERE kind = :kind AND state IN ('queued', 'running') ORDER BY id LIMIT 1

-- name: alike
-- The same wish of the same person that waits or is under way.
SELECT id FROM training_runs
WHERE requested_by = :actor AND options = CAST(:options AS jsonb) AND upload IS NOT DISTINCT FROM CAST(:upload AS bigint)
  AND kind = 'manual' AND state IN ('queued', 'running') AND stop_by IS NULL
ORDER BY id LIMIT 1

-- name: next_due
-- When the next run that waits is due.
SELECT extract(epoch FROM min(due_at))::float8 FROM training_runs WHERE state = 'queued'

-- name: stop_asked
-- Who asked for the end of a run.
SELECT stop_by FROM training_runs WHERE id = :id

-- name: cancel
-- A run that waits is not done, nor one whose worker died.
UPDATE training_runs SET state = 'cancelled', stop_by = :actor, finished_at = to_timestamp(:now), lease_until = NULL,
       message = 'cancelled by ' || :actor || CASE WHEN state = 'queued' THEN ' before it began' ELSE '; its worker had ended' END
WHERE id = :id AND (state = 'queued' OR (state = 'running' AND lease_until < to_timestamp(:now))) RETURNING id

-- name: stop
-- Ask for the end of a run that is under way.
UPDATE training_runs SET stop_by = COALESCE(stop_by, :actor) WHERE id = :id AND state = 'running' RETURNING id

-- name: compared_with
-- The champion that judged the model of a run beside it.
SELECT (comparison ->> 'champion_version')::integer FROM training_runs WHERE id = :id

-- name: decide
-- What a person decided about the model of a run; once.
UPDATE training_runs SET decision = :decision, decided_by = :actor, decided_at = to_timestamp(:now)
WHERE id = :id AND decision = 'waiting' RETURNING version

-- name: supersede
-- Runs that waited for a decision wait no more: the model of a later run is the challenger now.
UPDATE training_runs SET decision = 'refused', decided_by = 'training run ' || CAST(:run AS bigint),
       decided_at = to_timestamp(:now), superseded_by = :run
WHERE decision = 'waiting' AND id <> :run RETURNING id, version

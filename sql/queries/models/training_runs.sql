-- name: request
-- A run that is asked for.
INSERT INTO training_runs (job, key, kind, due_at, reason, requested_by, correlation_id, options, source, upload)
VALUES (:job, :key, :kind, to_timestamp(:due_at), :reason, :requested_by, :correlation_id, CAST(:options AS jsonb), :source, CAST(:upload AS bigint))
RETURNING id

-- name: by_job
-- The run of a job.
SELECT id FROM training_runs WHERE job = :job

-- name: job
-- The job of a run.
SELECT job FROM training_runs WHERE id = :id

-- name: lock
-- Wishes of people are compared one after another.
SELECT pg_advisory_xact_lock(7305034)

-- name: settle
-- What came of a run.
UPDATE training_runs SET state = :state, version = :version, comparison = CAST(:comparison AS jsonb), decision = CAST(:decision AS text)
WHERE id = :id

-- name: read
-- Runs with how their jobs stand, newest first: all, one, or the one of a job.
SELECT t.id, t.job, t.key, t.kind, t.reason, t.correlation_id, t.requested_by, t.requested_at, t.due_at, t.options, t.version, t.comparison,
       t.source, t.upload, t.decision, t.decided_by, t.decided_at, t.superseded_by, j.progress, j.message, j.attempts, j.claimed_by,
       j.claimed_until AS lease_until, j.started_at, j.finished_at, j.stages, j.stop_by,
       CASE WHEN j.state = 'done' THEN t.state ELSE j.state END AS state
FROM training_runs t JOIN jobs j ON j.id = t.job
WHERE (CAST(:id AS bigint) IS NULL OR t.id = :id) AND (CAST(:job AS bigint) IS NULL OR t.job = :job)
ORDER BY t.id DESC LIMIT :most

-- name: open
-- Runs of a kind that wait or are under way.
SELECT t.id FROM training_runs t JOIN jobs j ON j.id = t.job
WHERE t.kind = :kind AND j.state IN ('queued', 'running') ORDER BY t.id LIMIT 1

-- name: alike
-- The same wish of the same person that waits or is under way.
SELECT t.id FROM training_runs t JOIN jobs j ON j.id = t.job
WHERE t.requested_by = :actor AND t.options = CAST(:options AS jsonb) AND t.upload IS NOT DISTINCT FROM CAST(:upload AS bigint)
  AND t.kind = 'manual' AND j.state IN ('queued', 'running') AND j.stop_by IS NULL
ORDER BY t.id LIMIT 1

-- name: next_due
-- When the next run that waits is due.
SELECT extract(epoch FROM min(t.due_at))::float8 FROM training_runs t JOIN jobs j ON j.id = t.job WHERE j.state = 'queued'

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

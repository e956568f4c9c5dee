-- name: insert
-- A report that somebody asks for.
INSERT INTO drift_requests (spec, requested_by) VALUES (CAST(:spec AS jsonb), :actor) RETURNING id

-- name: abandon
-- Requests at which workers died are not tried for ever.
UPDATE drift_requests SET state = 'failed', claimed_until = NULL, finished_at = to_timestamp(:now),
       message = 'the training worker ended ' || attempts || ' times while it made the report'
WHERE state = 'running' AND claimed_until < to_timestamp(:now) AND attempts >= :most_attempts

-- name: claim
-- One request that nobody answers, or whose worker has not reported in time.
UPDATE drift_requests SET state = 'running', attempts = attempts + 1, claimed_until = to_timestamp(:now + :seconds) WHERE id = (
    SELECT id FROM drift_requests WHERE state = 'queued' OR (state = 'running' AND claimed_until < to_timestamp(:now))
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, requested_by, requested_at, spec, state, message, finished_at, report

-- name: finish
-- What came of it.
UPDATE drift_requests SET state = :state, message = :message, report = CAST(:report AS bigint), claimed_until = NULL,
       finished_at = to_timestamp(:now) WHERE id = :id

-- name: newest
-- The newest requests.
SELECT id, requested_by, requested_at, spec, state, message, finished_at, report FROM drift_requests ORDER BY id DESC LIMIT :most

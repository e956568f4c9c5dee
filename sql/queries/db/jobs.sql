-- name: by_key
-- The job of a key.
SELECT id FROM jobs WHERE key = :key

-- name: enqueue
-- A job that is wanted; a key that is known changes nothing.
INSERT INTO jobs (kind, in_group, key, priority, due_at, payload)
VALUES (:kind, :in_group, CAST(:key AS text), :priority, to_timestamp(CAST(:due_at AS float8)), CAST(:payload AS jsonb))
ON CONFLICT (key) DO NOTHING RETURNING id

-- name: lock_claims
-- Claims of kinds with a limit happen one after another, or two workers would count the same jobs.
SELECT pg_advisory_xact_lock(7305031)

-- name: abandon
-- Jobs whose worker is gone are over when somebody has stopped them, or when it was one worker too many.
UPDATE jobs SET finished_at = to_timestamp(:now), claimed_until = NULL,
       state = CASE WHEN stop_by IS NULL THEN 'failed' ELSE 'cancelled' END,
       message = CASE WHEN stop_by IS NULL THEN replace(:abandoned, '{attempts}', attempts::text)
                      ELSE 'cancelled by ' || stop_by || '; its worker had ended' END
WHERE kind = :kind AND state = 'running' AND claimed_until < to_timestamp(:now)
  AND (attempts >= :most_attempts OR stop_by IS NOT NULL)

-- name: claim
-- Take the most urgent job that is due, or one whose worker is gone, unless as many of its group are alive as may be.
UPDATE jobs SET state = 'running', claim = claim + 1, attempts = attempts + 1, claimed_by = :worker, progress = 0,
       claimed_until = to_timestamp(:now + :lease), started_at = to_timestamp(:now), message = 'started',
       stages = stages || jsonb_build_object('at', to_char(to_timestamp(:now), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'share', 0,
           'what', CASE WHEN attempts = 0 THEN 'started' ELSE 'taken up again, attempt ' || attempts + 1 END)
WHERE id = (
    SELECT j.id FROM jobs j
    WHERE j.kind = :kind
      AND ((j.state = 'queued' AND (j.due_at IS NULL OR j.due_at <= to_timestamp(:now)))
           OR (j.state = 'running' AND j.claimed_until < to_timestamp(:now)))
      AND (CAST(:most_alive AS integer) IS NULL OR :most_alive > (
           SELECT count(*) FROM jobs alive
           WHERE alive.in_group = j.in_group AND alive.state = 'running' AND alive.claimed_until >= to_timestamp(:now)))
    ORDER BY j.priority DESC, j.due_at NULLS FIRST, j.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, claim, attempts, claimed_by, payload

-- name: renew
-- Keep a job, and say how far it is; only the holder of the claim may. What stands before the first comma is the stage.
UPDATE jobs SET progress = GREATEST(progress, CAST(:share AS real)), message = :message, claimed_until = to_timestamp(:now + :lease),
       stages = CASE WHEN split_part(:message, ',', 1) = split_part(message, ',', 1) THEN stages ELSE stages || jsonb_build_object(
           'at', to_char(to_timestamp(:now), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'share', CAST(:share AS float8), 'what', split_part(:message, ',', 1)) END
WHERE id = :id AND claim = :claim AND state = 'running' RETURNING stop_by

-- name: finish
-- End a job; only the holder of the claim may, and not well when somebody has stopped it.
UPDATE jobs SET state = :state, message = :message, finished_at = to_timestamp(:now), claimed_until = NULL,
       progress = CASE WHEN :state = 'done' THEN 1 ELSE progress END
WHERE id = :id AND claim = :claim AND state = 'running' AND (stop_by IS NULL OR :state <> 'done') RETURNING id

-- name: stopped_by
-- Who stopped a job that is still its worker's.
SELECT stop_by FROM jobs WHERE id = :id AND claim = :claim AND state = 'running'

-- name: cancel
-- End a job that has not begun, or whose worker is gone.
UPDATE jobs SET state = 'cancelled', stop_by = :actor, finished_at = to_timestamp(:now), claimed_until = NULL,
       message = 'cancelled by ' || :actor || CASE WHEN state = 'queued' THEN ' before it began' ELSE '; its worker had ended' END
WHERE id = :id AND (state = 'queued' OR (state = 'running' AND claimed_until < to_timestamp(:now))) RETURNING id

-- name: ask_to_stop
-- Ask for the end of a job that is under way.
UPDATE jobs SET stop_by = COALESCE(stop_by, :actor) WHERE id = :id AND state = 'running' RETURNING id

-- name: drop
-- Retention: jobs of a kind that ended before a time, and their rows with them where these allow it.
DELETE FROM jobs WHERE kind = :kind AND finished_at < to_timestamp(:before)

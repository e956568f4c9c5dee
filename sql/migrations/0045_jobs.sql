-- One queue of background jobs (core/db/jobs): claims, leases, attempts, progress, stopping and ends, for every kind of work.
-- What a job is about stays in its own table (training_runs, uploads, drift_requests, backtests), a row a job.

-- `key` makes a request idempotent; without `due_at` a job is due at once. `claim` counts the claims: only the holder of
-- the newest one may write. `in_group`: a limit on jobs alive at a time counts those of one group.
CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    in_group text NOT NULL,
    key text UNIQUE,
    priority smallint NOT NULL DEFAULT 0,
    due_at timestamptz,
    payload jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    progress real NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    message text NOT NULL DEFAULT '',
    stages jsonb NOT NULL DEFAULT '[]',
    attempts integer NOT NULL DEFAULT 0,
    claim integer NOT NULL DEFAULT 0,
    claimed_by text,
    claimed_until timestamptz,
    stop_by text,
    enqueued_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX jobs_open ON jobs (kind, id) WHERE state IN ('queued', 'running');

ALTER TABLE training_runs ADD COLUMN job bigint REFERENCES jobs;
ALTER TABLE uploads ADD COLUMN job bigint REFERENCES jobs ON DELETE CASCADE;
ALTER TABLE drift_requests ADD COLUMN job bigint REFERENCES jobs ON DELETE CASCADE;
ALTER TABLE backtests ADD COLUMN job bigint REFERENCES jobs ON DELETE CASCADE;

-- From here on: what keeps the release before right, which claims in those tables itself. A later release drops the functions,
-- their triggers and the old columns of claims (state of what is open, attempts, claimed_*, lease_until, stop_by, ...).

-- The queue's word for a state of one of those tables.
CREATE FUNCTION job_state(of_kind text, word text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN word = 'waiting' THEN 'queued'
        WHEN word = 'looking' THEN 'running'
        WHEN word = 'looked' THEN 'done'
        WHEN word = 'refused' THEN CASE WHEN of_kind = 'training' THEN 'done' ELSE 'failed' END
        ELSE word
    END
$$;

-- Makes the job of a row; the one that it has, when its key is known.
CREATE FUNCTION job_of_row(of_kind text, r jsonb) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO jobs (kind, in_group, key, priority, due_at, state, progress, message, stages, attempts, claim,
                      claimed_by, claimed_until, stop_by, enqueued_at, started_at, finished_at)
    SELECT of_kind, of_kind, of_kind || ':' || COALESCE(r ->> 'key', r ->> 'id'),
           CASE WHEN r ->> 'kind' = 'emergency' THEN 1 ELSE 0 END,
           CASE WHEN r ->> 'kind' = 'emergency' THEN NULL ELSE (r ->> 'due_at')::timestamptz END,
           job_state(of_kind, r ->> 'state'), COALESCE((r ->> 'progress')::real, 0), COALESCE(r ->> 'message', ''),
           COALESCE(r -> 'stages', '[]'), COALESCE((r ->> 'attempts')::integer, 0), COALESCE((r ->> 'attempts')::integer, 0),
           r ->> 'claimed_by', COALESCE(r ->> 'lease_until', r ->> 'claimed_until')::timestamptz, r ->> 'stop_by',
           COALESCE((r ->> 'requested_at')::timestamptz, (r ->> 'uploaded_at')::timestamptz, now()),
           (r ->> 'started_at')::timestamptz, (r ->> 'finished_at')::timestamptz
    ON CONFLICT (key) DO UPDATE SET key = excluded.key
    RETURNING id
$$;

-- A row that is written without a job gets one.
CREATE FUNCTION row_gets_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.job := job_of_row(TG_ARGV[0], to_jsonb(NEW));
    RETURN NEW;
END $$;

-- What a process of the release before does to a row, its job takes over.
CREATE FUNCTION job_follows_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r jsonb := to_jsonb(NEW);
    was jsonb := to_jsonb(OLD);
    until timestamptz := COALESCE(r ->> 'lease_until', r ->> 'claimed_until')::timestamptz;
    taken boolean := CASE WHEN r ? 'attempts' THEN r -> 'attempts' <> was -> 'attempts'
        ELSE until IS NOT NULL AND r -> 'claimed_until' <> was -> 'claimed_until' END;
BEGIN
    UPDATE jobs SET
        state = job_state(TG_ARGV[0], r ->> 'state'), message = COALESCE(r ->> 'message', ''),
        progress = COALESCE((r ->> 'progress')::real, progress), stages = COALESCE(r -> 'stages', stages),
        attempts = attempts + taken::integer, claim = claim + taken::integer, claimed_by = COALESCE(r ->> 'claimed_by', claimed_by),
        claimed_until = until, stop_by = COALESCE(r ->> 'stop_by', stop_by),
        started_at = COALESCE((r ->> 'started_at')::timestamptz, started_at),
        finished_at = COALESCE((r ->> 'finished_at')::timestamptz, finished_at)
    WHERE id = NEW.job;
    RETURN NULL;
END $$;

-- What a process of this release does to a job, its row shows, so that the release before neither claims nor shows it wrong.
CREATE FUNCTION row_follows_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'training' THEN
        UPDATE training_runs SET state = NEW.state, progress = NEW.progress, message = NEW.message, attempts = NEW.attempts,
            claimed_by = NEW.claimed_by, lease_until = NEW.claimed_until, started_at = NEW.started_at,
            finished_at = NEW.finished_at, stages = NEW.stages, stop_by = NEW.stop_by WHERE job = NEW.id;
    ELSIF NEW.kind = 'look' THEN
        UPDATE uploads SET message = NEW.message, attempts = NEW.attempts, claimed_until = NEW.claimed_until,
            state = CASE NEW.state WHEN 'queued' THEN 'waiting' WHEN 'running' THEN 'looking' WHEN 'done' THEN 'looked'
                ELSE 'refused' END WHERE job = NEW.id;
    ELSIF NEW.kind = 'drift' THEN
        UPDATE drift_requests SET state = CASE NEW.state WHEN 'cancelled' THEN 'failed' ELSE NEW.state END,
            message = NEW.message, attempts = NEW.attempts, claimed_until = NEW.claimed_until,
            finished_at = NEW.finished_at WHERE job = NEW.id;
    ELSIF NEW.kind = 'backtest' THEN
        UPDATE backtests SET state = CASE NEW.state WHEN 'cancelled' THEN 'failed' ELSE NEW.state END,
            message = NEW.message, claimed_until = NEW.claimed_until, finished_at = NEW.finished_at WHERE job = NEW.id;
    END IF;
    RETURN NULL;
END $$;

-- A row that is gone needs no job.
CREATE FUNCTION job_goes_with_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM jobs WHERE id = OLD.job;
    RETURN NULL;
END $$;

-- What is there is carried over, the oldest first.
UPDATE training_runs t SET job = made.job
FROM (SELECT r.id, job_of_row('training', to_jsonb(r)) AS job FROM training_runs r ORDER BY r.id) made WHERE made.id = t.id;
UPDATE uploads t SET job = made.job
FROM (SELECT r.id, job_of_row('look', to_jsonb(r)) AS job FROM uploads r ORDER BY r.id) made WHERE made.id = t.id;
UPDATE drift_requests t SET job = made.job
FROM (SELECT r.id, job_of_row('drift', to_jsonb(r)) AS job FROM drift_requests r ORDER BY r.id) made WHERE made.id = t.id;
UPDATE backtests t SET job = made.job
FROM (SELECT r.id, job_of_row('backtest', to_jsonb(r) - 'result' - 'spec') AS job FROM backtests r ORDER BY r.id) made WHERE made.id = t.id;

-- The code before: writes no job, and each row gets one of its own.
CREATE UNIQUE INDEX training_runs_job ON training_runs (job);
-- The code before: as above.
CREATE UNIQUE INDEX uploads_job ON uploads (job);
-- The code before: as above.
CREATE UNIQUE INDEX drift_requests_job ON drift_requests (job);
-- The code before: as above.
CREATE UNIQUE INDEX backtests_job ON backtests (job);

-- The code before: these triggers are for it and refuse nothing.
CREATE TRIGGER training_runs_get_jobs BEFORE INSERT ON training_runs
    FOR EACH ROW WHEN (NEW.job IS NULL) EXECUTE FUNCTION row_gets_job('training');
-- The code before: as above.
CREATE TRIGGER uploads_get_jobs BEFORE INSERT ON uploads
    FOR EACH ROW WHEN (NEW.job IS NULL) EXECUTE FUNCTION row_gets_job('look');
-- The code before: as above.
CREATE TRIGGER drift_requests_get_jobs BEFORE INSERT ON drift_requests
    FOR EACH ROW WHEN (NEW.job IS NULL) EXECUTE FUNCTION row_gets_job('drift');
-- The code before: as above.
CREATE TRIGGER backtests_get_jobs BEFORE INSERT ON backtests
    FOR EACH ROW WHEN (NEW.job IS NULL) EXECUTE FUNCTION row_gets_job('backtest');
-- The code before: as above.
CREATE TRIGGER training_runs_lead AFTER UPDATE OF state, progress, message, attempts, lease_until, stop_by ON training_runs
    FOR EACH ROW WHEN (pg_trigger_depth() = 0 AND
        (OLD.state, OLD.progress, OLD.message, OLD.attempts, OLD.claimed_by, OLD.lease_until, OLD.stop_by) IS DISTINCT FROM
        (NEW.state, NEW.progress, NEW.message, NEW.attempts, NEW.claimed_by, NEW.lease_until, NEW.stop_by))
    EXECUTE FUNCTION job_follows_row('training');
-- The code before: as above.
CREATE TRIGGER uploads_lead AFTER UPDATE OF state, attempts, claimed_until ON uploads
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION job_follows_row('look');
-- The code before: as above.
CREATE TRIGGER drift_requests_lead AFTER UPDATE OF state, attempts, claimed_until ON drift_requests
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION job_follows_row('drift');
-- The code before: as above.
CREATE TRIGGER backtests_lead AFTER UPDATE OF state, claimed_until ON backtests
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION job_follows_row('backtest');
-- The code before: as above.
CREATE TRIGGER uploads_end_jobs AFTER DELETE ON uploads
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION job_goes_with_row();
-- The code before: as above.
CREATE TRIGGER backtests_end_jobs AFTER DELETE ON backtests
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION job_goes_with_row();
CREATE TRIGGER jobs_lead AFTER UPDATE ON jobs
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION row_follows_job();

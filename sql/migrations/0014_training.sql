-- Training from a page: files that people gave, runs on them, decisions about what they made, and drift reports asked for.

-- A file somebody gave to train on, in chunks, because the training worker may run on another host. A worker looks at
-- it first (`look`: its columns and guesses); what is wrong with it is `message`. It is let go when it expires.
CREATE TABLE uploads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    uploaded_by text NOT NULL,
    uploaded_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'looking', 'looked', 'refused')),
    message text NOT NULL DEFAULT '',
    attempts smallint NOT NULL DEFAULT 0,
    claimed_until timestamptz,
    look jsonb
);
CREATE INDEX uploads_open ON uploads (id) WHERE state IN ('waiting', 'looking');
CREATE INDEX uploads_expires ON uploads (expires_at);
CREATE TABLE upload_chunks (
    upload bigint NOT NULL REFERENCES uploads ON DELETE CASCADE,
    number integer NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (upload, number)
);
ALTER TABLE upload_chunks ALTER COLUMN body SET STORAGE EXTERNAL;

-- A run learns from stored labels or from a file. `stages`: what it did when, [{at, share, what}]. `stop_by` asked it to
-- end; `decision` is about the model that it made, where a person decides.
ALTER TABLE training_runs
    ADD COLUMN source text NOT NULL DEFAULT 'stored' CHECK (source IN ('stored', 'file')),
    ADD COLUMN upload bigint REFERENCES uploads ON DELETE SET NULL,
    ADD COLUMN stages jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN stop_by text,
    ADD COLUMN decision text CHECK (decision IN ('waiting', 'promoted', 'refused')),
    ADD COLUMN decided_by text,
    ADD COLUMN decided_at timestamptz,
    DROP CONSTRAINT training_runs_state_check,
    ADD CONSTRAINT training_runs_state_check CHECK (state IN ('queued', 'running', 'done', 'failed', 'refused', 'cancelled'));
CREATE INDEX training_runs_version ON training_runs (version) WHERE version IS NOT NULL;

-- Drift reports that somebody asked for on a page; a training worker makes them.
CREATE TABLE drift_requests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    spec jsonb NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
    message text NOT NULL DEFAULT '',
    attempts smallint NOT NULL DEFAULT 0,
    claimed_until timestamptz,
    finished_at timestamptz,
    report bigint REFERENCES drift_reports ON DELETE SET NULL
);
CREATE INDEX drift_requests_open ON drift_requests (id) WHERE state IN ('queued', 'running');

-- Exceptions: which bugs there are, how often each came and where, and some of each as they came.

-- A bug of a service, by the fingerprint of its stack (core/endpoints/fingerprint.py). `culprit` is the function where
-- it is looked for first; `message`, versions and times are those of the first and the newest occurrence. A resolved
-- group that comes back is open again; `reopened_at` is when it did. `created_at` is when its first report was stored.
CREATE TABLE exception_groups (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    fingerprint text NOT NULL,
    type text NOT NULL,
    culprit text NOT NULL,
    message text NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    first_version text NOT NULL,
    last_version text NOT NULL,
    created_at timestamptz NOT NULL,
    occurrences bigint NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved', 'ignored')),
    state_by text,
    state_at timestamptz,
    reopened_at timestamptz,
    UNIQUE (service, fingerprint)
);
CREATE INDEX exception_groups_last_seen ON exception_groups (last_seen);

-- How often by minute, for two days; and by hour, version and endpoint.
CREATE TABLE exception_minutes (
    group_id integer NOT NULL REFERENCES exception_groups ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    occurrences bigint NOT NULL,
    PRIMARY KEY (group_id, timestamp)
);
CREATE INDEX exception_minutes_timestamp ON exception_minutes (timestamp);

CREATE TABLE exception_hours (
    group_id integer NOT NULL REFERENCES exception_groups ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    version text NOT NULL,
    route text NOT NULL,
    method text NOT NULL,
    occurrences bigint NOT NULL,
    PRIMARY KEY (group_id, timestamp, version, route, method)
);
CREATE INDEX exception_hours_timestamp ON exception_hours (timestamp);

-- Who met it.
CREATE TABLE exception_users (
    group_id integer NOT NULL REFERENCES exception_groups ON DELETE CASCADE,
    name text NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    occurrences bigint NOT NULL,
    PRIMARY KEY (group_id, name)
);

-- The newest few of a group as they came; `stack` has the chain of exceptions with their frames.
CREATE TABLE exception_samples (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_id integer NOT NULL REFERENCES exception_groups ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    version text NOT NULL,
    route text NOT NULL,
    method text NOT NULL,
    username text NOT NULL,
    message text NOT NULL,
    stack jsonb NOT NULL
);
CREATE INDEX exception_samples_group ON exception_samples (group_id, timestamp);

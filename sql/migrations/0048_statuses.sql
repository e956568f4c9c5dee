-- Transaction statuses: how many transactions of each status and code a minute had, as sources say it.

-- `timestamp` is the start of the minute. `dimensions` are a JSON object with its names in order, or ''. A row without a
-- status counts among codes alone. Of two values of a key the one that was received later counts. A source's minutes
-- lie together, so its newest is found at once.
CREATE TABLE status_counts (
    timestamp timestamptz NOT NULL,
    source text NOT NULL,
    status text NOT NULL,
    auth_code text NOT NULL,
    dimensions text NOT NULL,
    count bigint NOT NULL CHECK (count >= 0),
    received_at timestamptz NOT NULL,
    PRIMARY KEY (source, timestamp, status, auth_code, dimensions)
) PARTITION BY RANGE (timestamp);
CREATE TABLE status_counts_default PARTITION OF status_counts DEFAULT;

-- Minutes whose counts changed and that nobody has judged since (minutes of the epoch); the judge takes them away.
CREATE TABLE status_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    minute integer NOT NULL,
    received_at timestamptz NOT NULL
);

-- What is known of each source: its first and its newest minute and when that came, the newest judged minute, minutes
-- that changed after they were judged, and why the newest rows could not be judged ('' when they were).
CREATE TABLE status_sources (
    source text PRIMARY KEY,
    first integer NOT NULL,
    newest integer NOT NULL,
    received_at timestamptz NOT NULL,
    judged integer,
    late bigint NOT NULL DEFAULT 0,
    problem text NOT NULL DEFAULT '',
    tests integer NOT NULL DEFAULT 0
);

-- The detector's state after a minute (minutes of the epoch): the newest, and older ones to judge again from.
CREATE TABLE status_checkpoints (
    source text NOT NULL,
    minute integer NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (source, minute)
);

-- Incidents as the detector saw them; minutes of the epoch. `live` ones happened when they were told, and may page.
-- `evidence` is its document (core/statuses/episode.py); `judgement` is a person's word.
CREATE TABLE status_episodes (
    id text PRIMARY KEY,
    source text NOT NULL,
    onset integer NOT NULL,
    fired integer NOT NULL,
    ended integer,
    told integer,
    pages boolean NOT NULL,
    live boolean NOT NULL,
    evidence jsonb NOT NULL,
    judgement text NOT NULL DEFAULT '' CHECK (judgement IN ('', 'right', 'wrong', 'new-normal')),
    judged_by text NOT NULL DEFAULT '',
    judged_at timestamptz,
    updated_at timestamptz NOT NULL
);
CREATE INDEX status_episodes_source ON status_episodes (source, fired);
CREATE INDEX status_episodes_open ON status_episodes (source) WHERE told IS NULL;

-- Baselines that a person put in force: the state learnt from a file, versioned; the newest that is in force counts.
CREATE TABLE status_baselines (
    source text NOT NULL,
    version integer NOT NULL,
    state bytea NOT NULL,
    learnt_from text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    in_force boolean NOT NULL,
    PRIMARY KEY (source, version)
);

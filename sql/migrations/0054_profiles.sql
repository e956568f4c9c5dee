-- Profiles: which functions ran, by service, endpoint and version, as samples of stacks by the minute and the hour.

-- What is sampled apart. `route` is '' for work outside requests, `run` for what is sampled all the time. `seen` is the
-- day on which something of it came in last, here and below.
CREATE TABLE profile_series (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    route text NOT NULL,
    method text NOT NULL,
    version text NOT NULL,
    run text NOT NULL,
    seen date NOT NULL,
    UNIQUE (service, route, method, version, run)
);

-- Functions of a service; `own` ones are the application's and not a library's.
CREATE TABLE profile_frames (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    name text NOT NULL,
    own boolean NOT NULL,
    made date NOT NULL,
    seen date NOT NULL,
    UNIQUE (service, name)
);
CREATE INDEX profile_frames_made ON profile_frames (made, service);

-- Stacks of a service: numbers of frames, the outermost first.
CREATE TABLE profile_stacks (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    digest bytea NOT NULL,
    frames integer[] NOT NULL,
    made date NOT NULL,
    seen date NOT NULL,
    UNIQUE (service, digest)
);
CREATE INDEX profile_stacks_made ON profile_stacks (made, service);

-- `stacks` are pairs of a stack's number (0: one of those beyond the limit) and its samples, one after another, so that
-- what is appended is added (core/endpoints/stacks.py). The collector makes hours of minutes that are two days old.
CREATE TABLE profile_minutes (
    timestamp timestamptz NOT NULL,
    series_id integer NOT NULL,
    samples bigint NOT NULL,
    stacks bytea NOT NULL,
    PRIMARY KEY (timestamp, series_id)
);
CREATE TABLE profile_hours (
    timestamp timestamptz NOT NULL,
    series_id integer NOT NULL,
    samples bigint NOT NULL,
    stacks bytea NOT NULL,
    PRIMARY KEY (timestamp, series_id)
);

-- Profiles on demand.
CREATE TABLE profile_runs (
    id text PRIMARY KEY,
    service text NOT NULL,
    requested_by text NOT NULL,
    started_at timestamptz NOT NULL,
    seconds integer NOT NULL,
    rate integer NOT NULL
);
CREATE INDEX profile_runs_started ON profile_runs (started_at);

-- Deploys of services, and what each of them did to the endpoints; changes of the configuration.

-- A version that came into service: first seen in what endpoints report (`source` seen), or announced (reported).
-- `before` is the version that it followed, empty for a service's first. `looks` counts the comparisons made so far.
CREATE TABLE deploys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    service text NOT NULL,
    version text NOT NULL,
    before text NOT NULL,
    source text NOT NULL CHECK (source IN ('seen', 'reported')),
    revision text NOT NULL DEFAULT '',
    link text NOT NULL DEFAULT '',
    actor text NOT NULL DEFAULT '',
    looks smallint NOT NULL DEFAULT 0,
    looked_at timestamptz
);
CREATE INDEX deploys_at ON deploys (at);
CREATE INDEX deploys_service ON deploys (service, at);

-- An endpoint before and after a deploy, at the newest comparison. Durations in seconds, of requests that did not fail;
-- `ratio` is the typical duration after as a multiple of before. `named_at` is when it was first said to be worse.
CREATE TABLE deploy_endpoints (
    deploy_id bigint NOT NULL REFERENCES deploys ON DELETE CASCADE,
    route text NOT NULL,
    method text NOT NULL,
    durations text NOT NULL,
    errors text NOT NULL,
    hits_before bigint NOT NULL,
    hits_after bigint NOT NULL,
    errors_before bigint NOT NULL,
    errors_after bigint NOT NULL,
    p50_before double precision,
    p50_after double precision,
    p95_before double precision,
    p95_after double precision,
    ratio double precision,
    ratio_low double precision,
    ratio_high double precision,
    p_durations double precision NOT NULL,
    p_errors double precision NOT NULL,
    named_at timestamptz,
    PRIMARY KEY (deploy_id, route, method)
);

-- The configuration that a process started with: a hash of each file by its name.
CREATE TABLE config_starts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    process text NOT NULL,
    hash text NOT NULL,
    files jsonb NOT NULL,
    changed text[] NOT NULL
);
CREATE INDEX config_starts_process ON config_starts (process, id);
CREATE INDEX config_starts_at ON config_starts (at);

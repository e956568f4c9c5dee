-- Outliers: requests much slower than their endpoint usually is, with what they did while they ran.

-- `timestamp` is when the request began; `request` names it within its service. `place` is the innermost function of
-- the application that most stacks were in. `detail` is the rest of the event, as JSON.
CREATE TABLE outliers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    timestamp timestamptz NOT NULL,
    service text NOT NULL,
    request text NOT NULL,
    version text NOT NULL,
    route text NOT NULL,
    method text NOT NULL,
    status smallint NOT NULL,
    running boolean NOT NULL,
    duration_ns bigint NOT NULL,
    limit_ns bigint NOT NULL,
    stacks smallint NOT NULL,
    place text NOT NULL,
    detail jsonb NOT NULL,
    UNIQUE (service, request)
);
CREATE INDEX outliers_time ON outliers (timestamp);
CREATE INDEX outliers_endpoint ON outliers (service, route, method, timestamp);

-- How many a service sent on a day (UTC, of their arrival), and how many of those were not kept.
CREATE TABLE outlier_days (
    day date NOT NULL,
    service text NOT NULL,
    kept integer NOT NULL,
    dropped integer NOT NULL,
    PRIMARY KEY (day, service)
);

-- What statements and Redis commands took, by the endpoint that they were for: by minute, hour and day.

-- What is counted apart. `seen` is the day on which something of it came in last.
CREATE TABLE query_series (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    kind text NOT NULL,
    query text NOT NULL,
    route text NOT NULL,
    method text NOT NULL,
    seen date NOT NULL,
    UNIQUE (query, route, service, kind, method)
);

-- `timestamp` is the start of the minute. Times are nanoseconds; `sketch` is a histogram of durations, or several one
-- after another (core/endpoints/histogram.py). Minutes are kept for some days only, and hours for longer.
CREATE TABLE query_minutes (
    timestamp timestamptz NOT NULL,
    series_id integer NOT NULL,
    hits bigint NOT NULL,
    rows bigint NOT NULL,
    errors bigint NOT NULL,
    sum_ns bigint NOT NULL,
    min_ns bigint NOT NULL,
    max_ns bigint NOT NULL,
    sketch bytea NOT NULL,
    PRIMARY KEY (timestamp, series_id)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

-- Sums of minutes, by the collector: of hours and days that are over.
CREATE TABLE query_hours (
    timestamp timestamptz NOT NULL,
    series_id integer NOT NULL,
    hits bigint NOT NULL,
    rows bigint NOT NULL,
    errors bigint NOT NULL,
    sum_ns bigint NOT NULL,
    min_ns bigint NOT NULL,
    max_ns bigint NOT NULL,
    sketch bytea NOT NULL,
    PRIMARY KEY (timestamp, series_id)
);

CREATE TABLE query_days (
    timestamp timestamptz NOT NULL,
    series_id integer NOT NULL,
    hits bigint NOT NULL,
    rows bigint NOT NULL,
    errors bigint NOT NULL,
    sum_ns bigint NOT NULL,
    min_ns bigint NOT NULL,
    max_ns bigint NOT NULL,
    sketch bytea NOT NULL,
    PRIMARY KEY (timestamp, series_id)
);

-- Hours and days (width 3600 and 86400 seconds) whose sums are not what their minutes say, as `endpoint_stale` is.
CREATE TABLE query_stale (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    width integer NOT NULL,
    start timestamptz NOT NULL
);

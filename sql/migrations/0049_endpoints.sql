-- Performance of endpoints: what each of them did by the minute, the hour and the day.

-- What is counted apart. `seen` is the day on which something of it came in last.
CREATE TABLE endpoint_series (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    route text NOT NULL,
    method text NOT NULL,
    status smallint NOT NULL,
    version text NOT NULL,
    error_type text NOT NULL,
    seen date NOT NULL,
    UNIQUE (service, route, method, status, version, error_type)
);

-- `timestamp` is the start of the minute. Times are nanoseconds; `sketch` is a histogram of durations, or several one
-- after another (core/endpoints/histogram.py). Rows are added to while their minute runs, and need room for it.
CREATE TABLE endpoint_minutes (
    timestamp timestamptz NOT NULL,
    series_id integer NOT NULL,
    hits bigint NOT NULL,
    sum_ns bigint NOT NULL,
    min_ns bigint NOT NULL,
    max_ns bigint NOT NULL,
    sketch bytea NOT NULL,
    PRIMARY KEY (timestamp, series_id)
) PARTITION BY RANGE (timestamp);
CREATE TABLE endpoint_minutes_default PARTITION OF endpoint_minutes DEFAULT;

-- Sums of minutes, by the collector: of hours and days that are over.
CREATE TABLE endpoint_hours (
    timestamp timestamptz NOT NULL,
    series_id integer NOT NULL,
    hits bigint NOT NULL,
    sum_ns bigint NOT NULL,
    min_ns bigint NOT NULL,
    max_ns bigint NOT NULL,
    sketch bytea NOT NULL,
    PRIMARY KEY (timestamp, series_id)
) PARTITION BY RANGE (timestamp);
CREATE TABLE endpoint_hours_default PARTITION OF endpoint_hours DEFAULT;

CREATE TABLE endpoint_days (
    timestamp timestamptz NOT NULL,
    series_id integer NOT NULL,
    hits bigint NOT NULL,
    sum_ns bigint NOT NULL,
    min_ns bigint NOT NULL,
    max_ns bigint NOT NULL,
    sketch bytea NOT NULL,
    PRIMARY KEY (timestamp, series_id)
);

-- Hours and days (width 3600 and 86400 seconds) whose sums are not what their minutes say: whoever adds to a minute
-- notes its hour in the same transaction, whoever sums up takes the notes away. Without a note a sum is right.
CREATE TABLE endpoint_stale (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    width integer NOT NULL,
    start timestamptz NOT NULL
);

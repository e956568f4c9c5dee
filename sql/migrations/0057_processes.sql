-- What processes use and do: by their reports, and the sums of hours, which are added to in the same transaction.

CREATE TABLE processes (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    version text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    worker text NOT NULL,
    started timestamptz NOT NULL,
    seen timestamptz NOT NULL,
    ended boolean NOT NULL,
    UNIQUE (service, host, pid, started)
);
CREATE INDEX processes_seen ON processes (seen);

-- A report ends at `timestamp` and is of `seconds`. What reports of one moment say of one process adds up: that is so
-- for those that are counted together.
CREATE TABLE process_samples (
    timestamp timestamptz NOT NULL,
    process_id integer NOT NULL,
    seconds real NOT NULL,
    cpu_seconds real NOT NULL,
    memory bigint NOT NULL,
    threads integer NOT NULL,
    files integer NOT NULL,
    collections bigint NOT NULL,
    pause_seconds real NOT NULL,
    requests bigint NOT NULL,
    busy_seconds real NOT NULL,
    capacity integer NOT NULL,
    wait_seconds real NOT NULL,
    wait_max real NOT NULL,
    overhead_seconds real NOT NULL,
    record_seconds real NOT NULL,
    records bigint NOT NULL,
    fold_seconds real NOT NULL,
    host_cpu real,
    host_memory real,
    host_disk real,
    PRIMARY KEY (timestamp, process_id)
) PARTITION BY RANGE (timestamp);
CREATE TABLE process_samples_default PARTITION OF process_samples DEFAULT;

-- `memory_seconds` is memory times seconds, `capacity_seconds` threads times seconds, host figures likewise.
CREATE TABLE process_hours (
    timestamp timestamptz NOT NULL,
    process_id integer NOT NULL,
    seconds double precision NOT NULL,
    cpu_seconds double precision NOT NULL,
    memory_seconds double precision NOT NULL,
    memory_max bigint NOT NULL,
    threads integer NOT NULL,
    files integer NOT NULL,
    collections bigint NOT NULL,
    pause_seconds double precision NOT NULL,
    requests bigint NOT NULL,
    busy_seconds double precision NOT NULL,
    capacity_seconds double precision NOT NULL,
    wait_seconds double precision NOT NULL,
    wait_max real NOT NULL,
    overhead_seconds double precision NOT NULL,
    record_seconds double precision NOT NULL,
    records bigint NOT NULL,
    fold_seconds double precision NOT NULL,
    host_seconds double precision NOT NULL,
    host_cpu_seconds double precision NOT NULL,
    host_memory_seconds double precision NOT NULL,
    host_disk_seconds double precision NOT NULL,
    PRIMARY KEY (timestamp, process_id)
);

-- What our own processes published (`what` is a kind of event) and dropped (`what` is a metric) by the day.
CREATE TABLE monitoring_days (
    day date NOT NULL,
    service text NOT NULL,
    is_drop boolean NOT NULL,
    what text NOT NULL,
    number bigint NOT NULL,
    bytes bigint NOT NULL,
    PRIMARY KEY (day, service, is_drop, what)
);

-- Requests of which no row of their own is kept (performance.toml, [sampling]), ten seconds each: `hits` is how many,
-- of an address where it asked often, signed in or not; the rest has none. `timed` is how many of them took about `duration_ms`; a
-- request counts once in the hits and once in the timed of the rows of its ten seconds.
CREATE TABLE request_counts (
    timestamp timestamptz NOT NULL,
    service text NOT NULL,
    ip inet,
    hits bigint NOT NULL,
    timed bigint NOT NULL,
    duration_ms real NOT NULL,
    signed_in boolean NOT NULL
) PARTITION BY RANGE (timestamp);
CREATE TABLE request_counts_default PARTITION OF request_counts DEFAULT;
CREATE INDEX request_counts_time ON request_counts USING brin (timestamp);

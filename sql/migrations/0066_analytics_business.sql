-- Scoring performance and Business below Analytics: sums by hour, made by the collector (docs/analytics.md). Replayed
-- predictions are in none of them.

-- A number that is not negative as LEB128, as core/endpoints/varints.py writes it.
CREATE FUNCTION varint(value bigint) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
SELECT string_agg(
    set_byte('\x00'::bytea, 0, (value >> 7 * i & 127)::int | CASE WHEN value >> 7 * (i + 1) > 0 THEN 128 ELSE 0 END),
    ''::bytea ORDER BY i)
FROM generate_series(0, 8) i WHERE i = 0 OR value >> 7 * i > 0
$$;

-- How long predictions took that stored it, by model (-1: none was named). `sketch` is a histogram of seconds
-- (core/endpoints/histogram.py).
CREATE TABLE analytics_latency (
    hour timestamptz NOT NULL,
    model_version integer NOT NULL,
    predictions bigint NOT NULL,
    sum_ms double precision NOT NULL,
    min_ms real NOT NULL,
    max_ms real NOT NULL,
    sketch bytea NOT NULL,
    PRIMARY KEY (hour, model_version)
);

-- The ten slowest predictions of each hour, the slowest at place 1.
CREATE TABLE analytics_slowest (
    hour timestamptz NOT NULL,
    place smallint NOT NULL,
    timestamp timestamptz NOT NULL,
    transaction_id text NOT NULL,
    latency_ms real NOT NULL,
    fraud_score real NOT NULL,
    decision decision NOT NULL,
    model_version integer,
    PRIMARY KEY (hour, place)
);

-- Predictions and their amounts by decision, by what the normal profile would have decided, by the profile in force
-- ('': none was yet), by amount band (core/analytics/bands.py) and by whether another system reported them; of them
-- those with a label, and frauds.
CREATE TABLE analytics_amounts (
    hour timestamptz NOT NULL,
    decision decision NOT NULL,
    normal decision NOT NULL,
    profile text NOT NULL,
    band smallint NOT NULL,
    reported boolean NOT NULL,
    predictions bigint NOT NULL,
    usd numeric NOT NULL,
    labelled bigint NOT NULL,
    frauds bigint NOT NULL,
    fraud_usd numeric NOT NULL,
    PRIMARY KEY (hour, decision, normal, profile, band, reported)
);

-- The same by day, UTC, from the hours: what a page reads of whole days.
CREATE TABLE analytics_amounts_days (
    day date NOT NULL,
    decision decision NOT NULL,
    normal decision NOT NULL,
    profile text NOT NULL,
    band smallint NOT NULL,
    reported boolean NOT NULL,
    predictions bigint NOT NULL,
    usd numeric NOT NULL,
    labelled bigint NOT NULL,
    frauds bigint NOT NULL,
    fraud_usd numeric NOT NULL,
    PRIMARY KEY (day, decision, normal, profile, band, reported)
);

-- Predictions that an analyst labelled: what was decided, whether the score meant fraud, what the analyst said, and
-- whether a source that outranks the analyst says otherwise now.
CREATE TABLE analytics_reviews (
    hour timestamptz NOT NULL,
    decision decision NOT NULL,
    flagged boolean NOT NULL,
    said label NOT NULL,
    contradicted boolean NOT NULL,
    predictions bigint NOT NULL,
    usd numeric NOT NULL,
    PRIMARY KEY (hour, decision, flagged, said, contradicted)
);

-- Completed transactions by ticketed event ('': none was named) and type; of them those with a label, and frauds.
CREATE TABLE analytics_events (
    hour timestamptz NOT NULL,
    event_id text NOT NULL,
    type transaction_type NOT NULL,
    transactions bigint NOT NULL,
    usd numeric NOT NULL,
    fee_usd numeric NOT NULL,
    labelled bigint NOT NULL,
    frauds bigint NOT NULL,
    fraud_usd numeric NOT NULL,
    PRIMARY KEY (hour, event_id, type)
);

-- The same by day, UTC, from the hours.
CREATE TABLE analytics_events_days (
    day date NOT NULL,
    event_id text NOT NULL,
    type transaction_type NOT NULL,
    transactions bigint NOT NULL,
    usd numeric NOT NULL,
    fee_usd numeric NOT NULL,
    labelled bigint NOT NULL,
    frauds bigint NOT NULL,
    fraud_usd numeric NOT NULL,
    PRIMARY KEY (day, event_id, type)
);

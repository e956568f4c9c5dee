-- What fraud costs: predictions by hour and everything that the figures tell apart, with exact cents
-- (sql/queries/analytics/fraud_cost.sql, docs/fraud-cost.md). `bank`: a chargeback says so. `held`: let through by the
-- hold-out. `band` of the amount, powers of 2 of a cent; `score` in tenths, of what was blocked or held; `delay` days
-- until a fraud that went through had its label, -1 of all others. `reviews` of them an analyst judged.
CREATE TABLE analytics_fraud_cost (
    hour timestamptz NOT NULL,
    model_version integer NOT NULL,
    policy_version integer NOT NULL,
    decision decision NOT NULL,
    label text NOT NULL,
    bank boolean NOT NULL,
    held boolean NOT NULL,
    band smallint NOT NULL,
    score smallint NOT NULL,
    delay smallint NOT NULL,
    n bigint NOT NULL,
    cents bigint NOT NULL,
    reviews bigint NOT NULL,
    without_amount bigint NOT NULL,
    PRIMARY KEY (hour, model_version, policy_version, decision, label, bank, held, band, score, delay)
);

-- The same as it is read, by hour and by day (UTC; `hours` 1 or 24), packed in network byte order for each cell
-- (core/analytics/fraud_cost/store.py): model and policy (4 bytes each), decision, label, bank, held, band, score, delay
-- (2 each), n (4), cents (8), reviews and without_amount (4 each).
CREATE TABLE analytics_fraud_cost_packed (
    start timestamptz NOT NULL,
    hours smallint NOT NULL,
    cells bytea NOT NULL,
    PRIMARY KEY (hours, start)
);

-- What of them is about fraud or was held up, by the event that it was for: '' where nobody said. `other`: those beyond
-- the 50 events of an hour with the most money.
CREATE TABLE analytics_fraud_events (
    hour timestamptz NOT NULL,
    event text NOT NULL,
    other boolean NOT NULL,
    decision decision NOT NULL,
    label text NOT NULL,
    bank boolean NOT NULL,
    held boolean NOT NULL,
    n bigint NOT NULL,
    cents bigint NOT NULL,
    reviews bigint NOT NULL,
    PRIMARY KEY (hour, event, other, decision, label, bank, held)
);

-- The same by day, UTC, from the hours.
CREATE TABLE analytics_fraud_events_days (
    day date NOT NULL,
    event text NOT NULL,
    other boolean NOT NULL,
    decision decision NOT NULL,
    label text NOT NULL,
    bank boolean NOT NULL,
    held boolean NOT NULL,
    n bigint NOT NULL,
    cents bigint NOT NULL,
    reviews bigint NOT NULL,
    PRIMARY KEY (day, event, other, decision, label, bank, held)
);

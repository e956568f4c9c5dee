-- Scoring analytics: sums of raw rows by hour, made by the collector, one table a topic (docs/analytics.md).

-- Hours whose sums are not what their rows say. A note is written in the transaction that changes the rows of an hour:
-- whoever sees the note sees the rows. `source` is which rows: predictions (and their labels), transactions, requests.
CREATE TABLE analytics_stale (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    hour timestamptz NOT NULL
);

-- When an hour was summed up last, and what that cost; kept for some days, so that an hour that still changes is not
-- summed up all the time.
CREATE TABLE analytics_summed (
    source text NOT NULL,
    hour timestamptz NOT NULL,
    at timestamptz NOT NULL,
    seconds real NOT NULL,
    PRIMARY KEY (source, hour)
);

-- How far back the history of a topic is summed up: all hours from `filled_to` on are; `done` where nothing is before.
CREATE TABLE analytics_topics (
    topic text PRIMARY KEY,
    filled_to timestamptz NOT NULL,
    done boolean NOT NULL DEFAULT false
);

-- Predictions by decision. `held` of them were let through by the hold-out.
CREATE TABLE analytics_decisions (
    hour timestamptz NOT NULL,
    replayed boolean NOT NULL,
    decision decision NOT NULL,
    predictions bigint NOT NULL,
    held bigint NOT NULL,
    PRIMARY KEY (hour, replayed, decision)
);

-- What PostgreSQL and Redis say of themselves, once a minute, by the collector: `figures` are numbers by name.
CREATE TABLE store_samples (
    timestamp timestamptz NOT NULL,
    store text NOT NULL,
    figures jsonb NOT NULL,
    PRIMARY KEY (store, timestamp)
);

-- Figures for regulators: what became of flagged transactions, by the hour of their decision (docs/analytics.md).

-- `flagged` were held for review or blocked. Reviewed: an analyst said something; closed: anybody did. Fraud and legit
-- as the label that counts says, by its source; `disputed` has a chargeback. Money is of what was fraud, in USD.
CREATE TABLE analytics_cases (
    hour timestamptz NOT NULL,
    flagged boolean NOT NULL,
    scored bigint NOT NULL,
    reviewed bigint NOT NULL,
    closed bigint NOT NULL,
    fraud bigint NOT NULL,
    legit bigint NOT NULL,
    by_analyst bigint NOT NULL,
    by_chargeback bigint NOT NULL,
    by_appeal bigint NOT NULL,
    disputed bigint NOT NULL,
    fraud_usd numeric NOT NULL,
    PRIMARY KEY (hour, flagged)
);

-- Minutes from the decision to the first label of what was flagged, rounded up: to a minute up to two hours, to a
-- quarter of an hour up to a day, then to an hour.
CREATE TABLE analytics_case_times (
    hour timestamptz NOT NULL,
    minutes integer NOT NULL,
    cases bigint NOT NULL,
    PRIMARY KEY (hour, minutes)
);

-- Transactions, and those of them that were scored.
CREATE TABLE analytics_coverage (
    hour timestamptz NOT NULL PRIMARY KEY,
    transactions bigint NOT NULL,
    scored bigint NOT NULL
);

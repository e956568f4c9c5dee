-- Predictions of an hour by band of their amount, for the approval rate at an unchanged mix. Bands: 0 unknown, 1 zero,
-- 2 below 25 USD, 3 below 50, 4 below 100, 5 below 250, 6 below 1,000, 7 from 1,000 on.
CREATE TABLE analytics_decision_mix (
    hour timestamptz NOT NULL,
    band smallint NOT NULL,
    decided bigint NOT NULL,
    approved bigint NOT NULL,
    PRIMARY KEY (hour, band)
);

-- How sure a prediction is, and how good its input was (docs/analytics.md). NULL: unknown.

-- 'L', 'M' or 'H': how far the score lies from the nearest threshold of the policy in force at that row.
ALTER TABLE fraud_predictions ADD COLUMN confidence "char";

-- In thousandths: the share of features that are present, and of the type and range that the model was trained on.
ALTER TABLE fraud_predictions ADD COLUMN data_quality_score smallint;

-- How far back predictions from before got both: all from `filled_to` on.
CREATE TABLE prediction_quality_fill (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    filled_to timestamptz NOT NULL,
    done boolean NOT NULL DEFAULT false
);

-- Predictions of an hour by confidence, and by the score of their data in thousandths; '?' and -1: unknown.
CREATE TABLE analytics_confidence (
    hour timestamptz NOT NULL,
    confidence "char" NOT NULL,
    decision decision NOT NULL,
    predictions bigint NOT NULL,
    PRIMARY KEY (hour, confidence, decision)
);

-- Predictions of an hour by fiftieths of the score: bin 0 is [0, 0.02), bin 49 is [0.98, 1].
CREATE TABLE analytics_score_decisions (
    hour timestamptz NOT NULL,
    bin smallint NOT NULL,
    decision decision NOT NULL,
    predictions bigint NOT NULL,
    PRIMARY KEY (hour, bin, decision)
);

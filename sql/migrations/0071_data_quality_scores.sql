-- Predictions of an hour by model and by the score of their data in thousandths (docs/analytics.md); -1: unknown.
CREATE TABLE analytics_data_quality (
    hour timestamptz NOT NULL,
    model_version integer NOT NULL,
    score smallint NOT NULL,
    predictions bigint NOT NULL,
    PRIMARY KEY (hour, model_version, score)
);

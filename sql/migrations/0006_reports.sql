-- Drift reports, and what is kept of a model's data so that live data and performance can be compared with it.

-- `baseline` is the fitted reference of the training rows (features) and of the rows left out (score, target);
-- `calibration` turns scores into probabilities, fitted on the rows left out.
CREATE TABLE model_baselines (
    version integer PRIMARY KEY REFERENCES models,
    made_at timestamptz NOT NULL DEFAULT now(),
    baseline jsonb NOT NULL,
    calibration jsonb
);

-- One row for each report ever made; what lists show is beside the whole document.
CREATE TABLE drift_reports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    requested_by text NOT NULL,
    model_version integer REFERENCES models,
    verdict text NOT NULL CHECK (verdict IN ('ok', 'watch', 'retrain', 'insufficient')),
    share real,
    drifted integer NOT NULL,
    judged integer NOT NULL,
    current_rows bigint NOT NULL,
    reference text NOT NULL,
    current text NOT NULL,
    summary text NOT NULL,
    document jsonb NOT NULL
);
CREATE INDEX drift_reports_created ON drift_reports (created_at);

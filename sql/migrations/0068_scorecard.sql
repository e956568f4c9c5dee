-- Sums of the page Scorecard by hour (docs/scorecard.md). The collector makes them again whenever a row or a label changes.

-- Inner edges of the 300 bins that scores are kept in; core/analytics/scorecard/score_bins.py has the same.
CREATE FUNCTION score_edges() RETURNS real[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT '{
    0.0005,0.001,0.0015,0.002,0.0025,0.003,0.0035,0.004,0.0045,0.005,0.0055,0.006,0.0065,0.007,0.0075,0.008,0.0085,
    0.009,0.0095,0.01,0.0105,0.011,0.0115,0.012,0.0125,0.013,0.0135,0.014,0.0145,0.015,0.0155,0.016,0.0165,0.017,
    0.0175,0.018,0.0185,0.019,0.0195,0.02,0.021,0.022,0.023,0.024,0.025,0.026,0.027,0.028,0.029,0.03,0.031,0.032,
    0.033,0.034,0.035,0.036,0.037,0.038,0.039,0.04,0.041,0.042,0.043,0.044,0.045,0.046,0.047,0.048,0.049,0.05,0.051,
    0.052,0.053,0.054,0.055,0.056,0.057,0.058,0.059,0.06,0.061,0.062,0.063,0.064,0.065,0.066,0.067,0.068,0.069,0.07,
    0.071,0.072,0.073,0.074,0.075,0.076,0.077,0.078,0.079,0.08,0.081,0.082,0.083,0.084,0.085,0.086,0.087,0.088,0.089,
    0.09,0.091,0.092,0.093,0.094,0.095,0.096,0.097,0.098,0.099,0.1,0.105,0.11,0.115,0.12,0.125,0.13,0.135,0.14,0.145,
    0.15,0.155,0.16,0.165,0.17,0.175,0.18,0.185,0.19,0.195,0.2,0.205,0.21,0.215,0.22,0.225,0.23,0.235,0.24,0.245,0.25,
    0.255,0.26,0.265,0.27,0.275,0.28,0.285,0.29,0.295,0.3,0.305,0.31,0.315,0.32,0.325,0.33,0.335,0.34,0.345,0.35,
    0.355,0.36,0.365,0.37,0.375,0.38,0.385,0.39,0.395,0.4,0.405,0.41,0.415,0.42,0.425,0.43,0.435,0.44,0.445,0.45,
    0.455,0.46,0.465,0.47,0.475,0.48,0.485,0.49,0.495,0.5,0.505,0.51,0.515,0.52,0.525,0.53,0.535,0.54,0.545,0.55,
    0.555,0.56,0.565,0.57,0.575,0.58,0.585,0.59,0.595,0.6,0.605,0.61,0.615,0.62,0.625,0.63,0.635,0.64,0.645,0.65,
    0.655,0.66,0.665,0.67,0.675,0.68,0.685,0.69,0.695,0.7,0.705,0.71,0.715,0.72,0.725,0.73,0.735,0.74,0.745,0.75,
    0.755,0.76,0.765,0.77,0.775,0.78,0.785,0.79,0.795,0.8,0.805,0.81,0.815,0.82,0.825,0.83,0.835,0.84,0.845,0.85,
    0.855,0.86,0.865,0.87,0.875,0.88,0.885,0.89,0.895,0.9,0.905,0.91,0.915,0.92,0.925,0.93,0.935,0.94,0.945,0.95,
    0.955,0.96,0.965,0.97,0.975,0.98,0.985,0.99,0.995
}'::real[] $$;

-- Scores by model (0: not ours) and label ('': none yet). `counts` are by bin, those of `bins`; so are the `amounts` of
-- frauds in USD and the sums of their squares. Replayed predictions are left out.
CREATE TABLE analytics_scores (
    hour timestamptz NOT NULL,
    model_version integer NOT NULL,
    label text NOT NULL,
    predictions bigint NOT NULL,
    bins smallint[] NOT NULL,
    counts integer[] NOT NULL,
    amounts float8[],
    squares float8[],
    PRIMARY KEY (hour, model_version, label)
);

-- The same by day, UTC, from the hours: weeks are read from days. Packed in network byte order, for each bin that has any:
-- `counts` its number (2 bytes) and how many (4), `money` of frauds the sum of amounts and of their squares (8 each).
CREATE TABLE analytics_score_days (
    day date NOT NULL,
    model_version integer NOT NULL,
    label text NOT NULL,
    predictions bigint NOT NULL,
    counts bytea NOT NULL,
    money bytea NOT NULL,
    PRIMARY KEY (day, model_version, label)
);

-- Frauds by the week (its Monday, UTC) in which a source first said so.
CREATE TABLE analytics_vintages (
    hour timestamptz NOT NULL,
    known_week date NOT NULL,
    frauds bigint NOT NULL,
    PRIMARY KEY (hour, known_week)
);

-- What analysts said of predictions, beside the score and what an appeal or a chargeback said ('': nothing).
CREATE TABLE analytics_overrides (
    hour timestamptz NOT NULL,
    model_version integer NOT NULL,
    flagged boolean NOT NULL,
    word text NOT NULL,
    truth text NOT NULL,
    predictions bigint NOT NULL,
    PRIMARY KEY (hour, model_version, flagged, word, truth)
);

-- Transactions that a challenger scored in shadow mode, by both decisions and label.
CREATE TABLE analytics_shadows (
    hour timestamptz NOT NULL,
    version integer NOT NULL,
    champion_version integer NOT NULL,
    champion_decision decision NOT NULL,
    decision decision NOT NULL,
    label text NOT NULL,
    predictions bigint NOT NULL,
    PRIMARY KEY (hour, version, champion_version, champion_decision, decision, label)
);

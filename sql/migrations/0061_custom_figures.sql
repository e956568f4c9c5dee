-- Figures of one's own: functions of collector/figures and queries of config/figures, sampled on a schedule.

-- One row a figure: what it is, and how its newest sample went. `series` are the names that its values have had.
CREATE TABLE custom_figures (
    name text PRIMARY KEY,
    title text NOT NULL,
    unit text NOT NULL,
    source text NOT NULL,
    every_seconds double precision NOT NULL,
    seen timestamptz NOT NULL,
    series text[] NOT NULL DEFAULT '{}',
    sampled_at timestamptz,
    took_seconds double precision,
    failed_at timestamptz,
    error text NOT NULL DEFAULT '',
    failures bigint NOT NULL DEFAULT 0
);

CREATE TABLE custom_figure_values (
    timestamp timestamptz NOT NULL,
    figure text NOT NULL,
    series text NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (figure, series, timestamp)
) PARTITION BY RANGE (timestamp);
CREATE TABLE custom_figure_values_default PARTITION OF custom_figure_values DEFAULT;

-- name: reports
-- Drift reports of a span, without their documents.
SELECT id, extract(epoch FROM created_at)::float8 AS at, model_version, verdict, share::float8 AS share, drifted, judged,
    summary
FROM drift_reports WHERE created_at >= :start AND created_at < :end ORDER BY created_at, id

-- name: days
-- Each day's counts of the bins of each model's features; a day is whole.
SELECT day, model_version, n, counts FROM feature_histograms
WHERE day >= CAST(:start AS date) AND day < CAST(:end AS date) ORDER BY day, n DESC, model_version

-- name: references
-- The names and counts of the bins of models that counted in a span.
SELECT version, reference FROM models WHERE version = ANY (
    SELECT DISTINCT model_version FROM feature_histograms
    WHERE day >= CAST(:start AS date) AND day < CAST(:end AS date)
)

-- name: days
-- Each day's counts of the bins of one model's features.
SELECT day, n, counts FROM feature_histograms WHERE model_version = :version AND day BETWEEN :first AND :last ORDER BY day

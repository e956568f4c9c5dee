-- name: sum
-- The confusion matrix of a span of minutes.
SELECT COALESCE(sum(tp), 0) AS tp, COALESCE(sum(fn), 0) AS fn, COALESCE(sum(fp), 0) AS fp, COALESCE(sum(tn), 0) AS tn,
       COALESCE(sum(flagged_unlabelled), 0) AS flagged_unlabelled, COALESCE(sum(clear_unlabelled), 0) AS clear_unlabelled,
       COALESCE(sum(blocked_unlabelled), 0) AS blocked_unlabelled
FROM confusion_minutes WHERE minute >= :start AND minute < :end

-- name: days
-- Labelled and all predictions of each day, and its confusion matrix.
SELECT CAST(minute AS date) AS day, sum(tp) AS tp, sum(fn) AS fn, sum(fp) AS fp, sum(tn) AS tn,
       sum(flagged_unlabelled) + sum(clear_unlabelled) AS unlabelled
FROM confusion_minutes WHERE minute >= :start AND minute < :end GROUP BY 1 ORDER BY 1

-- name: scores
-- How often one model gave each thousandth of a score on each day, flagged or not.
SELECT CAST(timestamp AS date) AS day, flagged, avg(fraud_score) AS score, count(*) AS n
FROM fraud_predictions
WHERE timestamp >= :start AND timestamp < :end AND model_version = :version
GROUP BY 1, 2, width_bucket(CAST(fraud_score AS float8), 0, 1, 1000) ORDER BY 1

-- name: sampled_scores
-- The same of `percent` of the pages: reads a share of whole partitions, where `scores` reads the rows of the span.
SELECT CAST(timestamp AS date) AS day, flagged, avg(fraud_score) AS score, count(*) AS n
FROM fraud_predictions TABLESAMPLE SYSTEM (:percent) REPEATABLE (1)
WHERE timestamp >= :start AND timestamp < :end AND model_version = :version
GROUP BY 1, 2, width_bucket(CAST(fraud_score AS float8), 0, 1, 1000) ORDER BY 1

-- name: volume
-- Predictions of one model from one day on, by the roll-up.
SELECT COALESCE(sum(n), 0) FROM feature_histograms WHERE model_version = :version AND day >= :first

-- name: held_out
-- Labelled predictions that were blocked, and those that were let through though their score meant BLOCKED.
SELECT CAST(p.extra ->> 'holdout' AS float8) AS share, p.flagged, (l.label = 'fraud') AS fraud, count(*) AS n
FROM fraud_predictions p JOIN effective_labels l ON l.transaction_id = p.transaction_id
WHERE p.timestamp >= :start AND p.timestamp < :end AND p.decision <> 'APPROVED'
  AND (p.decision = 'BLOCKED' OR p.extra ->> 'holdout' IS NOT NULL)
GROUP BY 1, 2, 3

-- name: delays
-- Predictions by the step of time in which they were made and, where a label is there, its kind and how many steps it took
-- until a source first said what counts now; `percent` of the pages are read.
SELECT cohort, age, fraud, count(*) AS n FROM (
    SELECT floor(extract(epoch FROM p.timestamp - CAST(:start AS timestamptz)) / :step)::int AS cohort,
           (e.label = 'fraud') AS fraud,
           CASE WHEN e.label IS NOT NULL THEN (
               SELECT floor(GREATEST(extract(epoch FROM min(l.labelled_at) - p.timestamp), 0) / :step)::int
               FROM labels l WHERE l.transaction_id = e.transaction_id AND l.label = e.label) END AS age
    FROM fraud_predictions p TABLESAMPLE SYSTEM (:percent) REPEATABLE (1)
    LEFT JOIN effective_labels e ON e.transaction_id = p.transaction_id
    WHERE p.timestamp >= :start AND p.timestamp < :end
) made GROUP BY 1, 2, 3

-- name: made
-- How many predictions a span of minutes has.
SELECT COALESCE(sum(tp + fn + fp + tn + flagged_unlabelled + clear_unlabelled), 0)
FROM confusion_minutes WHERE minute >= :start AND minute < :end

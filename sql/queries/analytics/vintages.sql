-- sources: predictions
-- name: put
-- Frauds of an hour by the week in which a source first said so; one that was known before counts in its own week.
INSERT INTO analytics_vintages (hour, known_week, frauds)
SELECT %(hour)s, date_trunc('week', greatest(told.at, p.timestamp) AT TIME ZONE 'UTC')::date, count(*)
FROM fraud_predictions p JOIN effective_labels e ON e.transaction_id = p.transaction_id AND e.label = 'fraud',
LATERAL (SELECT min(l.labelled_at) AS at FROM labels l WHERE l.transaction_id = e.transaction_id AND l.label = e.label) told
WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND NOT coalesce(p.extra ? 'replayed', false)
GROUP BY 2

-- name: weeks
-- Frauds by their week and by the week in which they became known.
SELECT date_trunc('week', hour AT TIME ZONE 'UTC')::date AS week, known_week, sum(frauds)::bigint AS frauds
FROM analytics_vintages WHERE hour >= :start AND hour < :end GROUP BY 1, 2

-- name: predictions
-- Predictions by week, of all models, and how many of them have a label, on the whole days (UTC) of a span.
SELECT date_trunc('week', day)::date AS week, sum(predictions)::bigint AS predictions,
       coalesce(sum(predictions) FILTER (WHERE label <> ''), 0)::bigint AS labelled
FROM analytics_score_days
WHERE day >= (:start AT TIME ZONE 'UTC')::date AND day < (:end AT TIME ZONE 'UTC')::date GROUP BY 1 ORDER BY 1

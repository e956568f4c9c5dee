-- sources: predictions
-- name: put
-- What analysts said of an hour's predictions, beside the score and what came to outrank them.
INSERT INTO analytics_overrides (hour, model_version, flagged, word, truth, predictions)
SELECT %(hour)s, coalesce(p.model_version, 0), p.flagged, l.label::text,
       CASE WHEN e.source <> 'analyst' THEN e.label::text ELSE '' END, count(*)
FROM fraud_predictions p JOIN labels l ON l.transaction_id = p.transaction_id AND l.source = 'analyst' AND l.label <> 'unsure'
LEFT JOIN effective_labels e ON e.transaction_id = p.transaction_id
WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND NOT coalesce(p.extra ? 'replayed', false)
GROUP BY 2, 3, 4, 5

-- name: total
-- What analysts said of one model's predictions in a span.
SELECT flagged, word, truth, sum(predictions)::bigint AS n
FROM analytics_overrides WHERE hour >= :start AND hour < :end AND model_version = :version GROUP BY 1, 2, 3

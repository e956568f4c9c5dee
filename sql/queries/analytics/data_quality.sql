-- sources: predictions
-- name: put
-- Predictions of an hour by model and by the score of their data, without replayed ones; -1 is unknown.
INSERT INTO analytics_data_quality (hour, model_version, score, predictions)
SELECT %(hour)s, coalesce(model_version, 0), coalesce(data_quality_score, -1), count(*)
FROM fraud_predictions WHERE timestamp >= %(hour)s AND timestamp < %(end)s AND NOT coalesce(extra ? 'replayed', false)
GROUP BY 2, 3

-- name: scores
-- Predictions of a span of one model by the score of their data in thousandths, -1 for unknown.
SELECT score, sum(predictions)::bigint AS predictions FROM analytics_data_quality
WHERE hour >= :start AND hour < :end AND model_version = :version GROUP BY 1 ORDER BY 1

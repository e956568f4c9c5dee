-- sources: predictions
-- name: put
-- Predictions of an hour by confidence and decision, without replayed ones; '?' is unknown.
INSERT INTO analytics_confidence (hour, confidence, decision, predictions)
SELECT %(hour)s, coalesce(confidence, '?'), decision, count(*)
FROM fraud_predictions WHERE timestamp >= %(hour)s AND timestamp < %(end)s AND NOT coalesce(extra ? 'replayed', false)
GROUP BY 2, 3

-- name: totals
-- Predictions of a span by confidence and decision.
SELECT confidence::text AS confidence, decision::text AS decision, sum(predictions)::bigint AS predictions
FROM analytics_confidence WHERE hour >= :start AND hour < :end GROUP BY 1, 2

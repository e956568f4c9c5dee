-- sources: predictions
-- name: put
-- Predictions of an hour by fiftieths of the score and decision, without replayed ones.
INSERT INTO analytics_score_decisions (hour, bin, decision, predictions)
SELECT %(hour)s, least(floor(fraud_score::float8 * 50 + 1e-6), 49), decision, count(*)
FROM fraud_predictions WHERE timestamp >= %(hour)s AND timestamp < %(end)s AND NOT coalesce(extra ? 'replayed', false)
GROUP BY 2, 3

-- name: totals
-- Predictions of a span by fiftieths of the score and decision.
SELECT bin, decision::text AS decision, sum(predictions)::bigint AS predictions
FROM analytics_score_decisions WHERE hour >= :start AND hour < :end GROUP BY 1, 2 ORDER BY 1, 2

-- name: policies
-- Every version of the policy that was in force in a span, oldest first, and from when on.
SELECT version, profile, extract(epoch FROM created_at)::float8 AS since, review_from::float8 AS review_from,
       fraud_threshold::float8 AS fraud_threshold, block_from::float8 AS block_from
FROM policy_versions
WHERE created_at < :end AND version >= coalesce((SELECT max(version) FROM policy_versions WHERE created_at <= :start), 0)
ORDER BY version

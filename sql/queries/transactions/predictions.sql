-- name: any
-- A row when anything was ever scored.
SELECT 1 FROM fraud_predictions LIMIT 1

-- name: risky
-- The newest high-risk predictions with the amount of their transaction.
SELECT p.timestamp, p.transaction_id, p.fraud_score, p.decision::text AS decision, p.top_feature, p.top_value, COALESCE(t.amount, p.amount) AS amount
FROM (
    SELECT timestamp, transaction_id, fraud_score, decision, top_feature, top_value,
           exact_amount(amount_usd, amount) AS amount FROM fraud_predictions
    WHERE fraud_score > CAST(:above AS real) AND fraud_score > 0.65 AND timestamp < :end
      AND timestamp >= COALESCE(CAST(:start AS timestamptz), '-infinity')
    ORDER BY timestamp DESC LIMIT :most
) p LEFT JOIN LATERAL (
    SELECT amount FROM transactions WHERE transaction_id = p.transaction_id ORDER BY timestamp DESC LIMIT 1
) t ON true ORDER BY p.timestamp DESC

-- name: points
-- The newest points of one held decision: ms, score, id.
SELECT CAST(round(date_part('epoch', timestamp) * 1000) AS bigint), round(CAST(fraud_score AS numeric), 4)::float8, transaction_id
FROM fraud_predictions
WHERE decision = CAST(:decision AS decision) AND decision <> 'APPROVED' AND timestamp >= :start AND timestamp < :end
ORDER BY timestamp DESC LIMIT :most

-- name: density
-- How many approved predictions fall in each cell of time and score.
SELECT CAST(floor((date_part('epoch', timestamp) - :origin) / :step) AS integer) AS x,
       CAST(floor(fraud_score * CAST(:ny AS integer)) AS integer) AS y, count(*)
FROM fraud_predictions
WHERE decision = 'APPROVED' AND timestamp >= :start AND timestamp < :end GROUP BY 1, 2

-- name: one
-- The newest prediction of a transaction, our own before one that was reported.
SELECT timestamp, transaction_id, fraud_score, decision::text AS decision, flagged, top_feature, top_value, model_version, latency_ms,
       exact_amount(amount_usd, amount) AS amount, wallet, host(ip) AS ip, features, contributions, extra,
       confidence::text AS confidence, data_quality_score
FROM fraud_predictions WHERE transaction_id = :id
ORDER BY coalesce(extra ? 'reported_by', false), timestamp DESC LIMIT 1

-- name: comparison
-- Pairs of decisions of a challenger and the champion on the same transactions, with the truth where it is known.
SELECT s.champion_decision::text AS champion, s.decision::text AS challenger, count(*) AS n, count(l.label) AS labelled,
       count(*) FILTER (WHERE l.label = 'fraud') AS frauds, sum(s.fraud_score - s.champion_score)::float8 AS difference
FROM (
    SELECT DISTINCT ON (transaction_id) transaction_id, champion_decision, decision, fraud_score, champion_score
    FROM shadow_predictions WHERE version = :version AND timestamp >= to_timestamp(:since)
    ORDER BY transaction_id, timestamp
) s LEFT JOIN effective_labels l USING (transaction_id)
GROUP BY 1, 2 ORDER BY 1, 2

-- name: labelled
-- Scores of both on transactions whose truth is known.
SELECT DISTINCT ON (s.transaction_id) (l.label = 'fraud') AS fraud, s.champion_score, s.fraud_score AS score
FROM shadow_predictions s JOIN effective_labels l USING (transaction_id)
WHERE s.version = :version AND s.timestamp >= to_timestamp(:since)
ORDER BY s.transaction_id, s.timestamp

-- name: reach
-- When the n-th newest transaction was scored in the shadow since some time; nothing when there are fewer.
SELECT extract(epoch FROM timestamp)::float8 FROM shadow_predictions
WHERE version = :version AND timestamp >= to_timestamp(:since) ORDER BY timestamp DESC OFFSET :rows LIMIT 1

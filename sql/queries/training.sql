-- name: labelled
-- Stored predictions of one model version with the label that counts, oldest first.
SELECT p.features, (l.label = 'fraud') AS fraud
FROM fraud_predictions p JOIN effective_labels l ON l.transaction_id = p.transaction_id
WHERE p.timestamp >= to_timestamp(:since) AND p.model_version = :version AND p.features IS NOT NULL
ORDER BY p.timestamp, p.transaction_id

-- name: labelled
-- The newest stored predictions with the label that counts, oldest first.
SELECT * FROM (
    SELECT p.features, p.model_version, p.wallet, p.amount, extract(epoch FROM p.timestamp)::float8 AS at,
           (l.label = 'fraud') AS fraud, p.transaction_id
    FROM fraud_predictions p JOIN effective_labels l ON l.transaction_id = p.transaction_id
    WHERE p.timestamp >= to_timestamp(:since) AND p.timestamp < COALESCE(to_timestamp(CAST(:until AS float8)), 'infinity')
      AND p.model_version IN (SELECT version FROM models) AND p.features IS NOT NULL
    ORDER BY p.timestamp DESC, p.transaction_id DESC LIMIT :most
) newest ORDER BY at, transaction_id

-- name: queue
-- Held transactions that nobody labelled and no analyst was unsure of, by money at risk.
SELECT p.timestamp AS at, p.transaction_id, p.fraud_score AS score, p.decision::text AS decision, p.top_feature, p.top_value,
       p.model_version, exact_amount(p.amount_usd, p.amount) AS amount,
       money_at_risk(p.fraud_score, p.amount_usd, p.amount) AS risk,
       NULL AS type, p.wallet, host(p.ip) AS ip, NULL AS label, NULL AS source,
       c.user_name AS claimed_by, c.until AS claimed_until
FROM fraud_predictions p
LEFT JOIN review_claims c ON c.transaction_id = p.transaction_id AND c.until > :now
WHERE p.decision <> 'APPROVED' AND p.timestamp >= :start AND p.timestamp < :end
  AND p.amount IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM effective_labels e WHERE e.transaction_id = p.transaction_id)
  AND NOT EXISTS (SELECT 1 FROM labels l WHERE l.transaction_id = p.transaction_id)
ORDER BY p.fraud_score * p.amount DESC, p.transaction_id LIMIT :most

-- name: waiting
-- How many wait, how many of them are blocked, and the money at risk.
SELECT count(*) AS waiting, count(*) FILTER (WHERE p.decision = 'BLOCKED') AS blocked,
       COALESCE(sum(money_at_risk(p.fraud_score, p.amount_usd, p.amount)), 0)::float8 AS risk,
       COALESCE(sum(exact_amount(p.amount_usd, p.amount)), 0)::float8 AS money
FROM fraud_predictions p
WHERE p.decision <> 'APPROVED' AND p.timestamp >= :start AND p.timestamp < :end
  AND NOT EXISTS (SELECT 1 FROM effective_labels e WHERE e.transaction_id = p.transaction_id)
  AND NOT EXISTS (SELECT 1 FROM labels l WHERE l.transaction_id = p.transaction_id)

-- name: claim
-- Take a transaction for oneself unless another has it.
INSERT INTO review_claims (transaction_id, user_name, until) VALUES (:id, :user_name, :until)
ON CONFLICT (transaction_id) DO UPDATE SET user_name = EXCLUDED.user_name, until = EXCLUDED.until
WHERE review_claims.user_name = EXCLUDED.user_name OR review_claims.until <= :now
RETURNING user_name

-- name: claimed
-- Who has a transaction.
SELECT user_name, until FROM review_claims WHERE transaction_id = :id AND until > :now

-- name: release
-- Give back what one had taken: one transaction, or all but one.
DELETE FROM review_claims
WHERE user_name = :user_name AND (transaction_id = CAST(:id AS text) OR (CAST(:id AS text) IS NULL AND transaction_id <> :kept))

-- name: forget
-- Claims that ended long ago.
DELETE FROM review_claims WHERE until < :before

-- name: labelled_by
-- How many labels somebody gave since a time.
SELECT count(*) FROM label_changes WHERE actor = :user_name AND at >= :since AND after IS NOT NULL AND source = 'analyst'

-- name: cases
-- The newest labelled predictions of a model version with their features, as many frauds as others at most.
(SELECT p.transaction_id, p.features, e.label::text AS label, e.source::text AS source, p.fraud_score AS score, p.timestamp AS at,
        exact_amount(p.amount_usd, p.amount) AS amount, p.decision::text AS decision
 FROM (SELECT * FROM effective_labels WHERE label = 'fraud' ORDER BY labelled_at DESC LIMIT :most) e
 JOIN fraud_predictions p ON p.transaction_id = e.transaction_id
 WHERE p.model_version = :version AND p.features IS NOT NULL)
UNION ALL
(SELECT p.transaction_id, p.features, e.label::text, e.source::text, p.fraud_score, p.timestamp,
        exact_amount(p.amount_usd, p.amount), p.decision::text
 FROM (SELECT * FROM effective_labels WHERE label = 'legit' ORDER BY labelled_at DESC LIMIT :most) e
 JOIN fraud_predictions p ON p.transaction_id = e.transaction_id
 WHERE p.model_version = :version AND p.features IS NOT NULL)

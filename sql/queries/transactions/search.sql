-- name: scored
-- Scored transactions with what their transaction and their labels add; conditions, order and limit are put behind it.
SELECT p.timestamp AS at, p.transaction_id, p.fraud_score AS score, p.decision::text AS decision, p.top_feature, p.top_value,
       p.model_version, COALESCE(exact_amount(p.amount_usd, p.amount), t.amount) AS amount,
       money_at_risk(p.fraud_score, p.amount_usd, p.amount) AS risk,
       t.type::text AS type, COALESCE(t.wallet, p.wallet) AS wallet, host(COALESCE(t.ip, p.ip)) AS ip,
       e.label::text AS label, e.source::text AS source
FROM fraud_predictions p
LEFT JOIN LATERAL (
    SELECT amount, type, wallet, ip FROM transactions WHERE transaction_id = p.transaction_id ORDER BY timestamp DESC LIMIT 1
) t ON true
LEFT JOIN effective_labels e ON e.transaction_id = p.transaction_id
WHERE p.timestamp >= :start AND p.timestamp < :end

-- name: if_id
-- One transaction.
p.transaction_id = :id

-- name: if_wallet
-- Of a wallet, completed or not.
p.transaction_id IN (
    SELECT transaction_id FROM transactions WHERE wallet = :wallet
    UNION ALL SELECT transaction_id FROM fraud_predictions WHERE wallet = :wallet)

-- name: if_ip
-- From an address, completed or not.
p.transaction_id IN (
    SELECT transaction_id FROM transactions WHERE ip = CAST(:ip AS inet)
    UNION ALL SELECT transaction_id FROM fraud_predictions WHERE ip = CAST(:ip AS inet))

-- name: if_score_from
-- Score at least.
p.fraud_score >= CAST(:score_from AS real)

-- name: if_score_to
-- Score at most.
p.fraud_score <= CAST(:score_to AS real)

-- name: if_decision
-- Decision one of.
p.decision = ANY(CAST(:decision AS decision[]))

-- name: if_amount_from
-- Amount at least; what is rounded to single precision finds it by its index.
((p.amount >= CAST(:amount_from AS real) AND exact_amount(p.amount_usd, p.amount) >= :amount_from)
 OR (p.amount IS NULL AND EXISTS (
    SELECT 1 FROM transactions x WHERE x.transaction_id = p.transaction_id AND x.amount >= :amount_from)))

-- name: if_amount_to
-- Amount at most.
((p.amount <= CAST(:amount_to AS real) AND exact_amount(p.amount_usd, p.amount) <= :amount_to)
 OR (p.amount IS NULL AND EXISTS (
    SELECT 1 FROM transactions x WHERE x.transaction_id = p.transaction_id AND x.amount <= :amount_to)))

-- name: if_type
-- Completed as a purchase or a transfer.
t.type = CAST(:type AS transaction_type)

-- name: if_label_fraud
-- The label that counts is fraud.
e.label = 'fraud'

-- name: if_label_legit
-- The label that counts is legit.
e.label = 'legit'

-- name: if_label_none
-- No label counts.
e.label IS NULL

-- name: if_label_unsure
-- An analyst was unsure.
EXISTS (SELECT 1 FROM labels l WHERE l.transaction_id = p.transaction_id AND l.label = 'unsure')

-- name: if_label_chargeback
-- The bank charged it back.
e.source = 'chargeback'

-- name: by_time_desc
-- Newest first, after a row.
(p.timestamp, p.transaction_id) < (CAST(:after_value AS timestamptz), :after_id)

-- name: by_time_asc
-- Oldest first, after a row.
(p.timestamp, p.transaction_id) > (CAST(:after_value AS timestamptz), :after_id)

-- name: by_score_desc
-- Highest score first, after a row.
(p.fraud_score, p.transaction_id) < (CAST(:after_value AS real), :after_id)

-- name: by_score_asc
-- Lowest score first, after a row.
(p.fraud_score, p.transaction_id) > (CAST(:after_value AS real), :after_id)

-- name: by_amount_desc
-- Dearest first, after a row.
(p.amount, exact_amount(p.amount_usd, p.amount), p.transaction_id)
    < (CAST(:after_value AS real), CAST(:after_value AS numeric), :after_id)

-- name: by_amount_asc
-- Cheapest first, after a row.
(p.amount, exact_amount(p.amount_usd, p.amount), p.transaction_id)
    > (CAST(:after_value AS real), CAST(:after_value AS numeric), :after_id)

-- name: unscored
-- Transactions that were reported without a score; the same columns as `scored`, and put together in the same way.
SELECT t.timestamp AS at, t.transaction_id, NULL::real AS score, NULL AS decision, NULL AS top_feature, NULL::real AS top_value,
       NULL::int AS model_version, t.amount::numeric AS amount, NULL::numeric AS risk, t.type::text AS type, t.wallet,
       host(t.ip) AS ip, e.label::text AS label, e.source::text AS source
FROM transactions t LEFT JOIN effective_labels e ON e.transaction_id = t.transaction_id
WHERE t.timestamp >= :start AND t.timestamp < :end
  AND NOT EXISTS (SELECT 1 FROM fraud_predictions p WHERE p.transaction_id = t.transaction_id)

-- name: unscored_if_id
-- One transaction.
t.transaction_id = :id

-- name: unscored_if_wallet
-- Of a wallet.
t.wallet = :wallet

-- name: unscored_if_ip
-- From an address.
t.ip = CAST(:ip AS inet)

-- name: unscored_if_amount_from
-- Amount at least.
t.amount >= :amount_from

-- name: unscored_if_amount_to
-- Amount at most.
t.amount <= :amount_to

-- name: unscored_if_type
-- A purchase or a transfer.
t.type = CAST(:type AS transaction_type)

-- name: unscored_if_label_unsure
-- An analyst was unsure.
EXISTS (SELECT 1 FROM labels l WHERE l.transaction_id = t.transaction_id AND l.label = 'unsure')

-- name: unscored_by_time_desc
-- Newest first, after a row.
(t.timestamp, t.transaction_id) < (CAST(:after_value AS timestamptz), :after_id)

-- name: unscored_by_time_asc
-- Oldest first, after a row.
(t.timestamp, t.transaction_id) > (CAST(:after_value AS timestamptz), :after_id)

-- name: unscored_by_amount_desc
-- Dearest first, after a row.
(t.amount, t.transaction_id) < (CAST(:after_value AS numeric), :after_id)

-- name: unscored_by_amount_asc
-- Cheapest first, after a row.
(t.amount, t.transaction_id) > (CAST(:after_value AS numeric), :after_id)

-- name: is_known
-- Whether something has this id.
SELECT EXISTS (SELECT 1 FROM fraud_predictions WHERE transaction_id = :id)
    OR EXISTS (SELECT 1 FROM transactions WHERE transaction_id = :id)

-- name: one
-- A transaction by its id.
SELECT timestamp, transaction_id, type::text AS type, amount, platform_fee, wallet, counterparty, event_id, host(ip) AS ip
FROM transactions WHERE transaction_id = :id ORDER BY timestamp DESC LIMIT 1

-- name: labels
-- What each source said of a transaction, and which of them counts.
SELECT l.source::text AS source, l.label::text AS label, l.labelled_at, l.actor, e.source IS NOT NULL AS counts
FROM labels l LEFT JOIN effective_labels e ON e.transaction_id = l.transaction_id AND e.source = l.source
WHERE l.transaction_id = :id ORDER BY l.labelled_at DESC

-- name: of_wallet
-- The newest transactions of a wallet with their score.
SELECT t.timestamp, t.transaction_id, t.type::text AS type, t.amount, t.platform_fee, t.wallet, t.counterparty, t.event_id, host(t.ip) AS ip, p.fraud_score, p.decision::text AS decision
FROM (SELECT * FROM transactions WHERE wallet = :value AND timestamp < :before ORDER BY timestamp DESC LIMIT :most) t
LEFT JOIN LATERAL (SELECT fraud_score, decision FROM fraud_predictions WHERE transaction_id = t.transaction_id ORDER BY timestamp DESC LIMIT 1) p ON true
ORDER BY t.timestamp DESC

-- name: of_address
-- The newest transactions from an IP with their score.
SELECT t.timestamp, t.transaction_id, t.type::text AS type, t.amount, t.platform_fee, t.wallet, t.counterparty, t.event_id, host(t.ip) AS ip, p.fraud_score, p.decision::text AS decision
FROM (SELECT * FROM transactions WHERE ip = CAST(:value AS inet) AND timestamp < :before ORDER BY timestamp DESC LIMIT :most) t
LEFT JOIN LATERAL (SELECT fraud_score, decision FROM fraud_predictions WHERE transaction_id = t.transaction_id ORDER BY timestamp DESC LIMIT 1) p ON true
ORDER BY t.timestamp DESC

-- name: newest
-- The newest transactions with their score.
SELECT t.timestamp, t.transaction_id, t.type::text AS type, t.amount, t.platform_fee, t.wallet, t.counterparty, t.event_id, host(t.ip) AS ip, p.fraud_score, p.decision::text AS decision
FROM (SELECT * FROM transactions WHERE timestamp < :before ORDER BY timestamp DESC LIMIT :most) t
LEFT JOIN LATERAL (SELECT fraud_score, decision FROM fraud_predictions WHERE transaction_id = t.transaction_id ORDER BY timestamp DESC LIMIT 1) p ON true
ORDER BY t.timestamp DESC

-- name: one
-- A transaction by its id.
SELECT timestamp, transaction_id, type::text AS type, amount, platform_fee, wallet, counterparty, event_id, ticket_id, host(ip) AS ip
FROM transactions WHERE transaction_id = :id ORDER BY timestamp DESC LIMIT 1

-- name: labels
-- What each source said of a transaction, and which of them counts.
SELECT l.source::text AS source, l.label::text AS label, l.labelled_at, l.actor, l.comment, e.source IS NOT NULL AS counts
FROM labels l LEFT JOIN effective_labels e ON e.transaction_id = l.transaction_id AND e.source = l.source
WHERE l.transaction_id = :id ORDER BY l.labelled_at DESC

-- name: of_wallet
-- The newest attempts of a wallet, completed or not, with their score.
SELECT a.*, p.fraud_score, p.decision::text AS decision FROM (
    (SELECT timestamp, transaction_id, type::text AS type, amount, platform_fee, wallet, counterparty, event_id, ticket_id, host(ip) AS ip
     FROM transactions WHERE wallet = :value AND timestamp < :before ORDER BY timestamp DESC LIMIT :most)
    UNION ALL
    (SELECT timestamp, transaction_id, NULL, exact_amount(amount_usd, amount), NULL, wallet, NULL, NULL, NULL, host(ip)
     FROM (SELECT * FROM fraud_predictions WHERE wallet = :value AND timestamp < :before
           ORDER BY timestamp DESC LIMIT :most) tried
     WHERE NOT EXISTS (SELECT 1 FROM transactions done WHERE done.transaction_id = tried.transaction_id))
) a LEFT JOIN LATERAL (
    SELECT fraud_score, decision FROM fraud_predictions WHERE transaction_id = a.transaction_id ORDER BY timestamp DESC LIMIT 1
) p ON true ORDER BY a.timestamp DESC LIMIT :most

-- name: of_address
-- The newest attempts from an IP, completed or not, with their score.
SELECT a.*, p.fraud_score, p.decision::text AS decision FROM (
    (SELECT timestamp, transaction_id, type::text AS type, amount, platform_fee, wallet, counterparty, event_id, ticket_id, host(ip) AS ip
     FROM transactions WHERE ip = CAST(:value AS inet) AND timestamp < :before ORDER BY timestamp DESC LIMIT :most)
    UNION ALL
    (SELECT timestamp, transaction_id, NULL, exact_amount(amount_usd, amount), NULL, wallet, NULL, NULL, NULL, host(ip)
     FROM (SELECT * FROM fraud_predictions WHERE ip = CAST(:value AS inet) AND timestamp < :before
           ORDER BY timestamp DESC LIMIT :most) tried
     WHERE NOT EXISTS (SELECT 1 FROM transactions done WHERE done.transaction_id = tried.transaction_id))
) a LEFT JOIN LATERAL (
    SELECT fraud_score, decision FROM fraud_predictions WHERE transaction_id = a.transaction_id ORDER BY timestamp DESC LIMIT 1
) p ON true ORDER BY a.timestamp DESC LIMIT :most

-- name: newest
-- The newest attempts, completed or not, with their score.
SELECT a.*, p.fraud_score, p.decision::text AS decision FROM (
    (SELECT timestamp, transaction_id, type::text AS type, amount, platform_fee, wallet, counterparty, event_id, ticket_id, host(ip) AS ip
     FROM transactions WHERE timestamp < :before ORDER BY timestamp DESC LIMIT :most)
    UNION ALL
    (SELECT timestamp, transaction_id, NULL, exact_amount(amount_usd, amount), NULL, wallet, NULL, NULL, NULL, host(ip)
     FROM fraud_predictions held WHERE decision <> 'APPROVED' AND timestamp < :before
       AND NOT EXISTS (SELECT 1 FROM transactions done WHERE done.transaction_id = held.transaction_id)
     ORDER BY timestamp DESC LIMIT :most)
) a LEFT JOIN LATERAL (
    SELECT fraud_score, decision FROM fraud_predictions WHERE transaction_id = a.transaction_id ORDER BY timestamp DESC LIMIT 1
) p ON true ORDER BY a.timestamp DESC LIMIT :most

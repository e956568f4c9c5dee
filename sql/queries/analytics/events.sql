-- sources: predictions, transactions
-- name: put
-- Completed transactions of an hour by ticketed event and type, without replayed ones, which have the time of their
-- prediction.
INSERT INTO analytics_events (hour, event_id, type, transactions, usd, fee_usd, labelled, frauds, fraud_usd)
SELECT %(hour)s, coalesce(t.event_id, ''), t.type, count(*), sum(t.amount), sum(t.platform_fee), count(e.label),
       count(*) FILTER (WHERE e.label = 'fraud'), coalesce(sum(t.amount) FILTER (WHERE e.label = 'fraud'), 0)
FROM transactions t LEFT JOIN effective_labels e ON e.transaction_id = t.transaction_id
WHERE t.timestamp >= %(hour)s AND t.timestamp < %(end)s
  AND NOT EXISTS (SELECT FROM fraud_predictions p WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s
                  AND p.extra ? 'replayed' AND p.transaction_id = t.transaction_id)
GROUP BY 2, 3

-- name: totals
-- What each event came to in a span.
SELECT event_id, coalesce(sum(transactions) FILTER (WHERE type = 'transfer'), 0)::bigint AS transfers,
       sum(fee_usd)::float8 AS fee_usd, sum(transactions)::bigint AS transactions, sum(usd)::float8 AS usd,
       sum(labelled)::bigint AS labelled, sum(frauds)::bigint AS frauds, sum(fraud_usd)::float8 AS fraud_usd
FROM analytics_events WHERE hour >= :start AND hour < :end GROUP BY 1 ORDER BY 5 DESC, 1

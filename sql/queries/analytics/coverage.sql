-- sources: predictions, transactions
-- name: put
-- Transactions of an hour, and those that were scored: their prediction is at most an hour away.
INSERT INTO analytics_coverage (hour, transactions, scored)
SELECT %(hour)s, count(*), count(p.transaction_id)
FROM transactions t
LEFT JOIN (
    SELECT DISTINCT transaction_id FROM fraud_predictions
    WHERE timestamp >= %(hour)s - interval '1 hour' AND timestamp < %(end)s + interval '1 hour'
) p USING (transaction_id)
WHERE t.timestamp >= %(hour)s AND t.timestamp < %(end)s
HAVING count(*) > 0

-- name: totals
-- Transactions of a span, and those that were scored.
SELECT coalesce(sum(transactions), 0)::bigint AS transactions, coalesce(sum(scored), 0)::bigint AS scored
FROM analytics_coverage WHERE hour >= :start AND hour < :end

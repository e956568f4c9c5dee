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
GROUP BY 2, 3;
DELETE FROM analytics_events_days WHERE day = (%(hour)s AT TIME ZONE 'UTC')::date;
INSERT INTO analytics_events_days (day, event_id, type, transactions, usd, fee_usd, labelled, frauds, fraud_usd)
SELECT (%(hour)s AT TIME ZONE 'UTC')::date, event_id, type, sum(transactions), sum(usd), sum(fee_usd), sum(labelled), sum(frauds),
       sum(fraud_usd)
FROM analytics_events
WHERE hour >= date_trunc('day', %(hour)s, 'UTC') AND hour < date_trunc('day', %(hour)s, 'UTC') + interval '1 day'
GROUP BY 2, 3

-- name: forget
-- Let days go of which no hour is kept.
DELETE FROM analytics_events_days WHERE day < (now() - %(days)s * interval '1 day')::date

-- name: totals
-- What each event came to in a span, from its whole days and the hours around them.
SELECT event_id, coalesce(sum(transactions) FILTER (WHERE type = 'transfer'), 0)::bigint AS transfers,
       sum(fee_usd)::float8 AS fee_usd, sum(transactions)::bigint AS transactions, sum(usd)::float8 AS usd,
       sum(labelled)::bigint AS labelled, sum(frauds)::bigint AS frauds, sum(fraud_usd)::float8 AS fraud_usd
FROM (
    SELECT event_id, type, transactions, usd, fee_usd, labelled, frauds, fraud_usd FROM analytics_events_days
    WHERE day >= (:whole_start AT TIME ZONE 'UTC')::date AND day < (:whole_end AT TIME ZONE 'UTC')::date
    UNION ALL
    SELECT event_id, type, transactions, usd, fee_usd, labelled, frauds, fraud_usd FROM analytics_events
    WHERE hour >= :start AND hour < :whole_start OR hour >= :whole_end AND hour < :end
) found GROUP BY 1 ORDER BY 5 DESC, 1

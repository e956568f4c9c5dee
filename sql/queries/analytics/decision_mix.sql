-- sources: predictions
-- name: put
-- Decided and approved predictions of an hour by band of their amount, without replayed ones.
INSERT INTO analytics_decision_mix (hour, band, decided, approved)
SELECT %(hour)s, CASE WHEN usd IS NULL THEN 0 WHEN usd <= 0 THEN 1 ELSE 2 + width_bucket(usd, ARRAY[25, 50, 100, 250, 1000]) END,
       count(*), count(*) FILTER (WHERE decision = 'APPROVED')
FROM (
    SELECT decision, exact_amount(amount_usd, amount) AS usd FROM fraud_predictions
    WHERE timestamp >= %(hour)s AND timestamp < %(end)s AND NOT coalesce(extra ? 'replayed', false)
) known GROUP BY 2

-- name: segments
-- The same of a span, by band and quarter of the day (UTC).
SELECT band, (extract(hour FROM hour AT TIME ZONE 'UTC')::int / 6)::int AS quarter, sum(decided)::bigint AS decided,
       sum(approved)::bigint AS approved
FROM analytics_decision_mix WHERE hour >= :start AND hour < :end GROUP BY 1, 2 ORDER BY 1, 2

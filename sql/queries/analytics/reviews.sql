-- sources: predictions
-- name: put
-- Predictions of an hour that an analyst labelled.
INSERT INTO analytics_reviews (hour, decision, flagged, said, contradicted, predictions, usd)
SELECT %(hour)s, p.decision, p.flagged, l.label, coalesce(e.source <> 'analyst' AND e.label <> l.label, false) AS contradicted,
       count(*), coalesce(sum(exact_amount(p.amount_usd, p.amount)), 0)
FROM fraud_predictions p
JOIN labels l ON l.transaction_id = p.transaction_id AND l.source = 'analyst'
LEFT JOIN effective_labels e ON e.transaction_id = p.transaction_id
WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND NOT coalesce(p.extra ? 'replayed', false)
GROUP BY 2, 3, 4, 5

-- name: totals
-- What analysts said of the predictions of a span.
SELECT decision::text AS decision, flagged, said::text AS said, contradicted, sum(predictions)::bigint AS predictions,
       sum(usd)::float8 AS usd
FROM analytics_reviews WHERE hour >= :start AND hour < :end GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4

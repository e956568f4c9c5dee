-- sources: predictions
-- name: put
-- What became of the predictions of an hour, flagged ones apart; replayed ones are left out.
INSERT INTO analytics_cases (hour, flagged, scored, reviewed, closed, fraud, legit, by_analyst, by_chargeback, by_appeal,
                             disputed, fraud_usd)
SELECT %(hour)s, p.decision <> 'APPROVED', count(*), count(*) FILTER (WHERE l.by_analyst),
       count(*) FILTER (WHERE l.by_analyst IS NOT NULL), count(*) FILTER (WHERE e.label = 'fraud'),
       count(*) FILTER (WHERE e.label = 'legit'), count(*) FILTER (WHERE e.label = 'fraud' AND e.source = 'analyst'),
       count(*) FILTER (WHERE e.label = 'fraud' AND e.source = 'chargeback'),
       count(*) FILTER (WHERE e.label = 'fraud' AND e.source = 'appeal'), count(*) FILTER (WHERE l.disputed),
       coalesce(sum(exact_amount(p.amount_usd, p.amount)) FILTER (WHERE e.label = 'fraud'), 0)
FROM fraud_predictions p
LEFT JOIN effective_labels e USING (transaction_id)
LEFT JOIN LATERAL (
    SELECT bool_or(source = 'analyst') AS by_analyst, bool_or(source = 'chargeback' AND label = 'fraud') AS disputed
    FROM labels WHERE labels.transaction_id = p.transaction_id
) l ON true
WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND NOT coalesce(p.extra ? 'replayed', false)
GROUP BY 2

-- name: totals
-- Cases of a span, flagged ones first.
SELECT flagged, sum(scored)::bigint AS scored, sum(reviewed)::bigint AS reviewed, sum(closed)::bigint AS closed,
       sum(fraud)::bigint AS fraud, sum(legit)::bigint AS legit, sum(by_analyst)::bigint AS by_analyst,
       sum(by_chargeback)::bigint AS by_chargeback, sum(by_appeal)::bigint AS by_appeal,
       sum(disputed)::bigint AS disputed, sum(fraud_usd)::float8 AS fraud_usd
FROM analytics_cases WHERE hour >= :start AND hour < :end GROUP BY flagged ORDER BY flagged DESC

-- name: open
-- Flagged ones that nobody labelled, by the hours since theirs, up to the one at :now.
SELECT greatest(0, extract(epoch FROM date_trunc('hour', CAST(:now AS timestamptz)) - hour) / 3600)::int AS age,
       sum(scored - closed)::bigint AS cases
FROM analytics_cases WHERE hour >= :start AND hour < :end AND flagged GROUP BY 1 HAVING sum(scored - closed) > 0 ORDER BY 1

-- sources: predictions, transactions
-- name: put
-- Fraud and what was held up in an hour, by event: the one of the scoring request, else that of the sale.
WITH scored AS (
    SELECT p.transaction_id, p.timestamp, p.decision, coalesce(e.label::text, 'unknown') AS label,
           coalesce(e.source = 'chargeback', false) AS bank, p.decision = 'REVIEW' AND coalesce(p.extra ? 'holdout', false) AS held,
           coalesce(round(exact_amount(p.amount_usd, p.amount) * 100), 0)::bigint AS cents, p.extra ->> 'event_id' AS event,
           (SELECT count(*) FROM labels a WHERE a.transaction_id = p.transaction_id AND a.source = 'analyst') > 0 AS reviewed
    FROM fraud_predictions p
    LEFT JOIN LATERAL (  -- the limit makes it look up each row's label rather than read all labels that there are
        SELECT label, source, labelled_at FROM effective_labels WHERE transaction_id = p.transaction_id LIMIT 1
    ) e ON true
    WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND NOT coalesce(p.extra ? 'replayed', false)
), costly AS (
    SELECT s.*, coalesce(s.event, (
               SELECT t.event_id FROM transactions t
               WHERE t.transaction_id = s.transaction_id AND t.timestamp >= %(hour)s::timestamptz - interval '1 day'
                 AND t.timestamp < %(end)s::timestamptz + interval '1 day' ORDER BY t.timestamp DESC LIMIT 1
           ), '') AS name
    FROM scored s WHERE s.decision <> 'APPROVED' OR s.label = 'fraud' OR s.reviewed
), ranked AS (
    SELECT name, row_number() OVER (ORDER BY sum(cents) DESC, name) AS place FROM costly WHERE name <> '' GROUP BY 1
)
INSERT INTO analytics_fraud_events (hour, event, other, decision, label, bank, held, n, cents, reviews)
SELECT %(hour)s, CASE WHEN r.place > 50 THEN '' ELSE c.name END, coalesce(r.place > 50, false), c.decision, c.label, c.bank,
       c.held, count(*), sum(c.cents), count(*) FILTER (WHERE c.reviewed)
FROM costly c LEFT JOIN ranked r USING (name) GROUP BY 2, 3, 4, 5, 6, 7;
DELETE FROM analytics_fraud_events_days WHERE day = (%(hour)s AT TIME ZONE 'UTC')::date;
INSERT INTO analytics_fraud_events_days (day, event, other, decision, label, bank, held, n, cents, reviews)
SELECT (%(hour)s AT TIME ZONE 'UTC')::date, event, other, decision, label, bank, held, sum(n), sum(cents), sum(reviews)
FROM analytics_fraud_events
WHERE hour >= date_trunc('day', %(hour)s, 'UTC') AND hour < date_trunc('day', %(hour)s, 'UTC') + interval '1 day'
GROUP BY 2, 3, 4, 5, 6, 7

-- name: forget
-- Let days go of which no hour is kept.
DELETE FROM analytics_fraud_events_days WHERE day < (now() - %(days)s * interval '1 day')::date

-- name: by_event
-- The same of a span, from its whole days and the hours around them.
SELECT event, other, CASE decision WHEN 'APPROVED' THEN 0 WHEN 'REVIEW' THEN 1 ELSE 2 END AS decision,
       CASE label WHEN 'unknown' THEN 0 WHEN 'fraud' THEN 1 ELSE 2 END AS label, bank, held, sum(n)::bigint AS n,
       sum(cents)::bigint AS cents, sum(reviews)::bigint AS reviews
FROM (
    SELECT event, other, decision, label, bank, held, n, cents, reviews FROM analytics_fraud_events_days
    WHERE day >= (:whole_start AT TIME ZONE 'UTC')::date AND day < (:whole_end AT TIME ZONE 'UTC')::date
    UNION ALL
    SELECT event, other, decision, label, bank, held, n, cents, reviews FROM analytics_fraud_events
    WHERE hour >= :start AND hour < :whole_start OR hour >= :whole_end AND hour < :end
) found GROUP BY 1, 2, 3, 4, 5, 6

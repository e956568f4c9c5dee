-- sources: predictions
-- name: put
-- Predictions of an hour by what the figures of fraud cost tell apart; replayed ones are left out.
WITH policies AS (
    SELECT version, created_at AS since, lead(created_at, 1, 'infinity') OVER (ORDER BY created_at, version) AS until
    FROM policy_versions
), scored AS (
    SELECT p.transaction_id, p.timestamp, coalesce(p.model_version, 0) AS model_version, p.decision, p.fraud_score,
           coalesce(round(exact_amount(p.amount_usd, p.amount) * 100), 0)::bigint AS cents, p.amount IS NULL AS without_amount,
           p.decision = 'REVIEW' AND coalesce(p.extra ? 'holdout', false) AS held, e.label, coalesce(e.source = 'chargeback', false) AS bank,
           e.labelled_at,
           (SELECT count(*) FROM labels a WHERE a.transaction_id = p.transaction_id AND a.source = 'analyst') > 0 AS reviewed
    FROM fraud_predictions p
    LEFT JOIN LATERAL (  -- the limit makes it look up each row's label rather than read all labels that there are
        SELECT label, source, labelled_at FROM effective_labels WHERE transaction_id = p.transaction_id LIMIT 1
    ) e ON true
    WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND NOT coalesce(p.extra ? 'replayed', false)
), told AS (
    SELECT s.*, coalesce(v.version, 0) AS policy_version,
           s.label = 'fraud' AND (s.decision = 'APPROVED' OR (s.decision = 'REVIEW' AND s.bank)) AS lost
    FROM scored s LEFT JOIN policies v ON s.timestamp >= v.since AND s.timestamp < v.until
), timed AS (
    SELECT t.*, CASE WHEN lost THEN least(400, greatest(0, floor(extract(epoch FROM CASE WHEN decision = 'REVIEW'
               THEN labelled_at ELSE (SELECT min(l.labelled_at) FROM labels l
                                      WHERE l.transaction_id = t.transaction_id AND l.label = 'fraud') END
               - timestamp) / 86400))) ELSE -1 END AS delay
    FROM told t
)
INSERT INTO analytics_fraud_cost (hour, model_version, policy_version, decision, label, bank, held, band, score, delay, n,
    cents, reviews, without_amount)
SELECT %(hour)s, model_version, policy_version, decision, coalesce(label::text, 'unknown'), bank, held,
       CASE WHEN cents > 0 THEN least(48, floor(ln(cents) / ln(2) + 1e-9)) ELSE 0 END,
       CASE WHEN decision = 'BLOCKED' OR held THEN least(9, floor(fraud_score * 10 + 0.001)) ELSE 0 END,
       delay, count(*), sum(cents), count(*) FILTER (WHERE reviewed), count(*) FILTER (WHERE without_amount)
FROM timed GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10

-- name: cells
-- Cells of a span for the estimates: by week (from Monday, UTC), by whole days that all of a cell have had since, and by
-- part: 2 of the period, 1 of the one before, 0 of neither.
SELECT floor((extract(epoch FROM hour) / 86400 + 3) / 7)::int AS week,
       greatest(0, floor(extract(epoch FROM CAST(:now AS timestamptz) - hour - interval '1 hour') / 86400))::int AS age,
       CASE WHEN hour >= :start AND hour < :end THEN 2 WHEN hour >= :before_start AND hour < :before_end THEN 1 ELSE 0 END AS part,
       model_version, policy_version, CASE decision WHEN 'APPROVED' THEN 0 WHEN 'REVIEW' THEN 1 ELSE 2 END AS decision,
       CASE label WHEN 'unknown' THEN 0 WHEN 'fraud' THEN 1 ELSE 2 END AS label, bank::int AS bank, held::int AS held,
       band, score, delay, sum(n)::bigint AS n, sum(cents)::bigint AS cents, sum(reviews)::bigint AS reviews,
       sum(without_amount)::bigint AS without_amount
FROM analytics_fraud_cost WHERE hour >= :first AND hour < :last GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12

-- name: counted
-- What is counted of a span, exactly: fraud that was blocked, that review found and that went through (of it by
-- chargeback), honest ones that were blocked, blocked ones without a label, reviews.
SELECT coalesce(sum(n) FILTER (WHERE decision = 'BLOCKED' AND label = 'fraud'), 0)::bigint AS stopped,
       coalesce(sum(cents) FILTER (WHERE decision = 'BLOCKED' AND label = 'fraud'), 0)::bigint AS stopped_cents,
       coalesce(sum(n) FILTER (WHERE decision = 'REVIEW' AND label = 'fraud' AND NOT bank), 0)::bigint AS found,
       coalesce(sum(cents) FILTER (WHERE decision = 'REVIEW' AND label = 'fraud' AND NOT bank), 0)::bigint AS found_cents,
       coalesce(sum(n) FILTER (WHERE delay >= 0), 0)::bigint AS lost,
       coalesce(sum(cents) FILTER (WHERE delay >= 0), 0)::bigint AS lost_cents,
       coalesce(sum(n) FILTER (WHERE delay >= 0 AND bank), 0)::bigint AS chargebacks,
       coalesce(sum(n) FILTER (WHERE decision = 'BLOCKED' AND label = 'legit'), 0)::bigint AS wrong,
       coalesce(sum(cents) FILTER (WHERE decision = 'BLOCKED' AND label = 'legit'), 0)::bigint AS wrong_cents,
       coalesce(sum(n) FILTER (WHERE decision = 'BLOCKED' AND label = 'unknown'), 0)::bigint AS unknown,
       coalesce(sum(cents) FILTER (WHERE decision = 'BLOCKED' AND label = 'unknown'), 0)::bigint AS unknown_cents,
       coalesce(sum(reviews), 0)::bigint AS reviews
FROM analytics_fraud_cost WHERE hour >= :start AND hour < :end

-- name: policies
-- The profile of each version of the policy, as people know it.
SELECT version, profile, created_at FROM policy_versions WHERE version = ANY(:versions)

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
FROM timed GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10;
DELETE FROM analytics_fraud_cost_packed
WHERE hours = 1 AND start = %(hour)s OR hours = 24 AND start = date_trunc('day', %(hour)s, 'UTC');
INSERT INTO analytics_fraud_cost_packed (start, hours, cells)
SELECT start, hours, string_agg(
    int4send(model_version) || int4send(policy_version) || int2send(decision) || int2send(label) || int2send(bank)
    || int2send(held) || int2send(band) || int2send(score) || int2send(delay)
    || int4send(n) || int8send(cents) || int4send(reviews) || int4send(without_amount), ''::bytea)
FROM (
    SELECT s.start, s.hours, model_version, policy_version,
           (CASE decision WHEN 'APPROVED' THEN 0 WHEN 'REVIEW' THEN 1 ELSE 2 END)::int2 AS decision,
           (CASE label WHEN 'unknown' THEN 0 WHEN 'fraud' THEN 1 ELSE 2 END)::int2 AS label, bank::int::int2 AS bank,
           held::int::int2 AS held, band, score, delay, sum(n)::int AS n, sum(cents)::bigint AS cents,
           sum(reviews)::int AS reviews, sum(without_amount)::int AS without_amount
    FROM (VALUES (%(hour)s::timestamptz, 1), (date_trunc('day', %(hour)s, 'UTC'), 24)) AS s (start, hours)
    JOIN analytics_fraud_cost c ON c.hour >= s.start AND c.hour < s.start + s.hours * interval '1 hour'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
) found GROUP BY 1, 2

-- name: forget
-- Let what is packed go of which no hour is kept.
DELETE FROM analytics_fraud_cost_packed WHERE start < (now() - %(days)s * interval '1 day')::date

-- name: packed
-- Cells of spans, of the hours or of the days in each of them.
SELECT extract(epoch FROM p.start)::bigint AS start, p.hours, p.cells
FROM unnest(CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[]), CAST(:hours AS smallint[])) AS s (start, until, hours)
JOIN analytics_fraud_cost_packed p ON p.hours = s.hours AND p.start >= s.start AND p.start < s.until
ORDER BY 1

-- name: policies
-- The profile of each version of the policy, as people know it.
SELECT version, profile, created_at FROM policy_versions WHERE version = ANY(:versions)

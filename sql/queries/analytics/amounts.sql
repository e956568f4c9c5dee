-- sources: predictions
-- name: put
-- Predictions of an hour and their amounts. As the normal profile would have decided: where our own decision follows from
-- the score, by the thresholds of `normal` as they last were; where it does not (a listed wallet, a hold-out) as it was.
INSERT INTO analytics_amounts (hour, decision, normal, profile, band, reported, predictions, usd, labelled, frauds, fraud_usd)
WITH force AS (
    SELECT *, lead(created_at, 1, 'infinity') OVER (ORDER BY version) AS until FROM policy_versions
), usual AS (
    SELECT review_from, block_from FROM policy_versions
    WHERE profile = 'normal' AND created_at < %(end)s ORDER BY version DESC LIMIT 1
)
SELECT %(hour)s, p.decision,
       CASE WHEN u.block_from IS NULL OR f.block_from IS NULL OR p.reported OR p.held
                 OR p.decision::text <> CASE WHEN p.score >= f.block_from THEN 'BLOCKED'
                                             WHEN p.score >= f.review_from THEN 'REVIEW' ELSE 'APPROVED' END THEN p.decision
            WHEN p.score >= u.block_from THEN 'BLOCKED' WHEN p.score >= u.review_from THEN 'REVIEW' ELSE 'APPROVED'
       END::decision AS normal,
       coalesce(f.profile, ''), p.band, p.reported, count(*), coalesce(sum(p.usd), 0), count(e.label),
       count(*) FILTER (WHERE e.label = 'fraud'), coalesce(sum(p.usd) FILTER (WHERE e.label = 'fraud'), 0)
FROM (
    SELECT timestamp, transaction_id, decision, fraud_score::float8 AS score, exact_amount(amount_usd, amount) AS usd,
           coalesce(extra ? 'reported_by', false) AS reported, coalesce(extra ? 'holdout', false) AS held,
           CASE WHEN amount IS NULL AND amount_usd IS NULL THEN -2 WHEN exact_amount(amount_usd, amount) = 0 THEN -1
                ELSE width_bucket(exact_amount(amount_usd, amount), ARRAY[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000,
                                  5000, 10000, 20000, 50000, 100000]::numeric[]) END AS band
    FROM fraud_predictions
    WHERE timestamp >= %(hour)s AND timestamp < %(end)s AND NOT coalesce(extra ? 'replayed', false)
) p
LEFT JOIN force f ON p.timestamp >= f.created_at AND p.timestamp < f.until
LEFT JOIN usual u ON true
LEFT JOIN effective_labels e ON e.transaction_id = p.transaction_id
GROUP BY 2, 3, 4, 5, 6;
DELETE FROM analytics_amounts_days WHERE day = (%(hour)s AT TIME ZONE 'UTC')::date;
INSERT INTO analytics_amounts_days (day, decision, normal, profile, band, reported, predictions, usd, labelled, frauds, fraud_usd)
SELECT (%(hour)s AT TIME ZONE 'UTC')::date, decision, normal, profile, band, reported, sum(predictions), sum(usd), sum(labelled),
       sum(frauds), sum(fraud_usd)
FROM analytics_amounts
WHERE hour >= date_trunc('day', %(hour)s, 'UTC') AND hour < date_trunc('day', %(hour)s, 'UTC') + interval '1 day'
GROUP BY 2, 3, 4, 5, 6

-- name: forget
-- Let days go of which no hour is kept.
DELETE FROM analytics_amounts_days WHERE day < (now() - %(days)s * interval '1 day')::date

-- name: kinds
-- Predictions of a span by whatever is told apart, from its whole days and the hours around them.
SELECT decision::text AS decision, normal::text AS normal, profile, band, reported, sum(predictions)::bigint AS predictions,
       sum(usd)::float8 AS usd, sum(labelled)::bigint AS labelled, sum(frauds)::bigint AS frauds,
       sum(fraud_usd)::float8 AS fraud_usd
FROM (
    SELECT decision, normal, profile, band, reported, predictions, usd, labelled, frauds, fraud_usd FROM analytics_amounts_days
    WHERE day >= (:whole_start AT TIME ZONE 'UTC')::date AND day < (:whole_end AT TIME ZONE 'UTC')::date
    UNION ALL
    SELECT decision, normal, profile, band, reported, predictions, usd, labelled, frauds, fraud_usd FROM analytics_amounts
    WHERE hour >= :start AND hour < :whole_start OR hour >= :whole_end AND hour < :end
) found GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5

-- name: bins
-- Predictions of a span by bin (its start in seconds), decision, and what the normal profile would have decided.
SELECT floor(extract(epoch FROM hour) / :step)::bigint * :step AS bin, decision::text AS decision, normal::text AS normal,
       sum(predictions)::bigint AS predictions, sum(usd)::float8 AS usd, sum(labelled)::bigint AS labelled,
       sum(frauds)::bigint AS frauds, sum(fraud_usd)::float8 AS fraud_usd
FROM analytics_amounts WHERE hour >= :start AND hour < :end GROUP BY 1, 2, 3 ORDER BY 1

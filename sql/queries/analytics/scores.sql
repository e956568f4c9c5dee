-- sources: predictions
-- name: put
-- Scores of an hour by model, label and bin, and its day again from its hours.
INSERT INTO analytics_scores (hour, model_version, label, predictions, bins, counts, amounts, squares)
SELECT %(hour)s, version, label, sum(n), array_agg(bin ORDER BY bin), array_agg(n ORDER BY bin),
       CASE WHEN label = 'fraud' THEN array_agg(amount ORDER BY bin) END,
       CASE WHEN label = 'fraud' THEN array_agg(square ORDER BY bin) END
FROM (
    SELECT coalesce(p.model_version, 0) AS version, coalesce(e.label::text, '') AS label,
           width_bucket(p.fraud_score, score_edges())::int2 AS bin, count(*)::int AS n,
           coalesce(sum(exact_amount(p.amount_usd, p.amount)), 0)::float8 AS amount,
           coalesce(sum(exact_amount(p.amount_usd, p.amount) ^ 2), 0)::float8 AS square
    FROM fraud_predictions p LEFT JOIN effective_labels e USING (transaction_id)
    WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND NOT coalesce(p.extra ? 'replayed', false)
    GROUP BY 1, 2, 3
) found GROUP BY version, label;
DELETE FROM analytics_score_days WHERE day = (%(hour)s AT TIME ZONE 'UTC')::date;
INSERT INTO analytics_score_days (day, model_version, label, predictions, counts, money)
SELECT (%(hour)s AT TIME ZONE 'UTC')::date, model_version, label, sum(n),
       string_agg(int2send(bin) || int4send(n), ''::bytea ORDER BY bin),
       coalesce(string_agg(float8send(amount) || float8send(square), ''::bytea ORDER BY bin)
                FILTER (WHERE label = 'fraud'), ''::bytea)
FROM (
    SELECT s.model_version, s.label, u.bin, sum(u.n)::int AS n, sum(u.amount) AS amount, sum(u.square) AS square
    FROM analytics_scores s, unnest(s.bins, s.counts, s.amounts, s.squares) AS u (bin, n, amount, square)
    WHERE s.hour >= date_trunc('day', %(hour)s, 'UTC') AND s.hour < date_trunc('day', %(hour)s, 'UTC') + interval '1 day'
    GROUP BY 1, 2, 3
) found GROUP BY model_version, label

-- name: forget
-- Let days go of which no hour is kept.
DELETE FROM analytics_score_days WHERE day < (now() - %(days)s * interval '1 day')::date

-- name: models
-- Models with predictions in a span of days, the busiest first.
SELECT model_version, sum(predictions)::bigint AS predictions FROM analytics_score_days
WHERE day >= (:start AT TIME ZONE 'UTC')::date AND day < (:end AT TIME ZONE 'UTC')::date + 1
GROUP BY 1 ORDER BY 2 DESC, 1 DESC

-- name: bins
-- Scores of one model by label and bin in the hours of a span that are no part of whole days.
SELECT label, u.bin, sum(u.n)::bigint AS n
FROM analytics_scores, unnest(bins, counts) AS u (bin, n)
WHERE model_version = :version AND (hour >= :start AND hour < :whole_start OR hour >= :whole_end AND hour < :end)
GROUP BY 1, 2

-- name: days
-- Scores of one model by day and label, with the amounts of frauds.
SELECT day, label, counts, money FROM analytics_score_days
WHERE model_version = :version AND day >= :first AND day < :after ORDER BY day

-- name: features
-- How often each bin of each feature occurred on the days of a span, and how many predictions that were.
SELECT n, counts FROM feature_histograms WHERE model_version = :version AND day >= :first AND day < :after

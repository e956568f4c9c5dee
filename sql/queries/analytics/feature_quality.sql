-- sources: predictions
-- name: put
-- Values of an hour by model and feature: how many are missing, not of the trained type or range, or words that training
-- did not have, the counts of the bins, and the newest of those values. Replayed predictions are left out.
WITH expected AS MATERIALIZED (
    SELECT e.*, count(*) OVER (PARTITION BY model_version) AS width FROM feature_expectations e
    WHERE model_version IN (
        SELECT model_version FROM fraud_predictions WHERE timestamp >= %(hour)s AND timestamp < %(end)s
    )
), judged AS (
    SELECT e.model_version, e.place, p.timestamp, p.transaction_id, u.value,
        width_bucket(u.value::float8, e.edges) AS bin,
        CASE
            WHEN u.value IS NULL OR u.value = 'NaN' THEN 'missing'
            WHEN e.kind = 'category' AND u.value = e.unseen THEN 'unseen'
            WHEN e.kind = 'category' AND NOT (u.value >= 0 AND u.value < e.words AND u.value = floor(u.value)) THEN 'type'
            WHEN e.kind = 'flag' AND u.value NOT IN (0, 1) THEN 'type'
            WHEN e.kind <> 'category' AND (u.value < e.low OR u.value > e.high) THEN 'range'
        END AS problem
    FROM fraud_predictions p
    CROSS JOIN LATERAL unnest(p.features) WITH ORDINALITY AS u (value, place)
    JOIN expected e ON e.model_version = p.model_version AND e.place = u.place AND e.width = cardinality(p.features)
    WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND NOT coalesce(p.extra ? 'replayed', false)
), counted AS (
    SELECT model_version, place, bin, count(*) AS n, count(*) FILTER (WHERE problem = 'missing') AS missing,
        count(*) FILTER (WHERE problem = 'type') AS wrong_type, count(*) FILTER (WHERE problem = 'range') AS out_of_range,
        count(*) FILTER (WHERE problem = 'unseen') AS unseen,
        min(value) FILTER (WHERE problem IS DISTINCT FROM 'missing') AS low,
        max(value) FILTER (WHERE problem IS DISTINCT FROM 'missing') AS high,
        sum(value::float8) FILTER (WHERE problem IS DISTINCT FROM 'missing') AS total
    FROM judged GROUP BY 1, 2, 3
), summed AS (
    SELECT model_version, place, sum(n) AS n, sum(missing) AS missing, sum(wrong_type) AS wrong_type,
        sum(out_of_range) AS out_of_range, sum(unseen) AS unseen, min(low) AS low, max(high) AS high, sum(total) AS total
    FROM counted GROUP BY 1, 2
), found AS (
    SELECT model_version, place,
        jsonb_agg(jsonb_build_array(extract(epoch FROM timestamp), transaction_id, problem, value)
                  ORDER BY timestamp DESC, transaction_id) AS newest
    FROM (
        SELECT *, row_number() OVER (PARTITION BY model_version, place, problem
                                     ORDER BY timestamp DESC, transaction_id) AS rank
        FROM judged WHERE problem IN ('type', 'range', 'unseen')
    ) r
    WHERE rank <= 20 GROUP BY 1, 2
)
INSERT INTO analytics_feature_quality (
    hour, model_version, place, feature, predictions, missing, wrong_type, out_of_range, unseen, low, high, total, bins,
    anomalies
)
SELECT %(hour)s, model_version, place, e.feature, s.n, s.missing, s.wrong_type, s.out_of_range, s.unseen, s.low, s.high,
    s.total,
    ARRAY(
        SELECT coalesce(c.n - c.missing, 0) FROM generate_series(0, cardinality(e.edges)) AS i (bin)
        LEFT JOIN counted c ON c.model_version = s.model_version AND c.place = s.place AND c.bin = i.bin ORDER BY i.bin
    ) || s.missing::bigint,
    coalesce(f.newest, '[]'::jsonb)
FROM summed s JOIN expected e USING (model_version, place) LEFT JOIN found f USING (model_version, place)

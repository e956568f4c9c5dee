-- sources: predictions
-- name: put
-- Values of an hour by model and feature: how many are missing, not of the trained type or range, or words that training
-- did not have, the counts of the bins, and the newest of those values. Replayed predictions are left out.
WITH models AS MATERIALIZED (
    SELECT * FROM model_expectations WHERE model_version = ANY (ARRAY(
        SELECT DISTINCT model_version FROM fraud_predictions WHERE timestamp >= %(hour)s AND timestamp < %(end)s
    ))
), counted AS MATERIALIZED (
    SELECT model_version, place, problem, bin, count(*) AS n, min(value) AS low, max(value) AS high,
        sum(value::float8) AS total
    FROM (
        SELECT p.model_version, u.place, u.value,
            value_problem(u.value, m.kinds[u.place], m.lows[u.place], m.highs[u.place], m.unseens[u.place],
                          m.words[u.place]) AS problem,
            width_bucket(u.value::float8, m.edges[m.starts[u.place] + 1 : m.ends[u.place]]) AS bin
        FROM fraud_predictions p
        JOIN models m ON m.model_version = p.model_version AND m.width = cardinality(p.features)
        CROSS JOIN LATERAL unnest(p.features) WITH ORDINALITY AS u (value, place)
        WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND NOT coalesce(p.extra ? 'replayed', false)
    ) judged
    GROUP BY 1, 2, 3, 4
), found AS (
    SELECT model_version, place,
        jsonb_agg(jsonb_build_array(extract(epoch FROM timestamp), transaction_id, problem, value)
                  ORDER BY timestamp DESC, transaction_id) AS newest
    FROM (
        SELECT *, row_number() OVER (PARTITION BY model_version, place, problem
                                     ORDER BY timestamp DESC, transaction_id) AS rank
        FROM (
            SELECT p.model_version, u.place, p.timestamp, p.transaction_id, u.value,
                value_problem(u.value, m.kinds[u.place], m.lows[u.place], m.highs[u.place], m.unseens[u.place],
                              m.words[u.place]) AS problem
            FROM fraud_predictions p
            JOIN models m ON m.model_version = p.model_version AND m.width = cardinality(p.features)
            CROSS JOIN LATERAL unnest(p.features) WITH ORDINALITY AS u (value, place)
            WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND NOT coalesce(p.extra ? 'replayed', false)
              AND EXISTS (SELECT FROM counted WHERE counted.problem > 1)
        ) judged
        WHERE problem > 1
    ) ranked
    WHERE rank <= 20 GROUP BY 1, 2
), summed AS (
    SELECT model_version, place, sum(n) AS n, coalesce(sum(n) FILTER (WHERE problem = 1), 0) AS missing,
        coalesce(sum(n) FILTER (WHERE problem = 2), 0) AS wrong_type,
        coalesce(sum(n) FILTER (WHERE problem = 3), 0) AS out_of_range,
        coalesce(sum(n) FILTER (WHERE problem = 4), 0) AS unseen, min(low) FILTER (WHERE problem <> 1) AS low,
        max(high) FILTER (WHERE problem <> 1) AS high, sum(total) FILTER (WHERE problem <> 1) AS total
    FROM counted GROUP BY 1, 2
)
INSERT INTO analytics_feature_quality (
    hour, model_version, place, feature, predictions, missing, wrong_type, out_of_range, unseen, low, high, total, bins,
    anomalies
)
SELECT %(hour)s, s.model_version, s.place, e.feature, s.n, s.missing, s.wrong_type, s.out_of_range, s.unseen, s.low,
    s.high, s.total,
    ARRAY(
        SELECT coalesce(sum(c.n), 0)::bigint FROM generate_series(0, cardinality(e.edges)) AS i (bin)
        LEFT JOIN counted c
            ON c.model_version = s.model_version AND c.place = s.place AND c.bin = i.bin AND c.problem <> 1
        GROUP BY i.bin ORDER BY i.bin
    ) || s.missing::bigint,
    coalesce(f.newest, '[]'::jsonb)
FROM summed s
JOIN feature_expectations e ON e.model_version = s.model_version AND e.place = s.place
LEFT JOIN found f ON f.model_version = s.model_version AND f.place = s.place
WHERE e.model_version = ANY (ARRAY(SELECT model_version FROM models))

-- name: models
-- The models of a span, with the number of their predictions that came with all features.
SELECT model_version, sum(predictions)::bigint AS predictions FROM analytics_feature_quality
WHERE hour >= :start AND hour < :end AND place = 1 GROUP BY 1 ORDER BY 2 DESC, 1

-- name: features
-- Sums of a span of one model, by feature.
SELECT place, feature, sum(predictions)::bigint AS predictions, sum(missing)::bigint AS missing,
    sum(wrong_type)::bigint AS wrong_type, sum(out_of_range)::bigint AS out_of_range, sum(unseen)::bigint AS unseen,
    min(low) AS low, max(high) AS high, sum(total) AS total
FROM analytics_feature_quality
WHERE hour >= :start AND hour < :end AND model_version = :version GROUP BY 1, 2 ORDER BY 1

-- name: bins
-- Counts of the bins of each feature over a span of one model, in their order, the last one of missing values.
SELECT place, array_agg(n ORDER BY i) AS bins FROM (
    SELECT place, i, sum(b)::bigint AS n FROM analytics_feature_quality, unnest(bins) WITH ORDINALITY AS x (b, i)
    WHERE hour >= :start AND hour < :end AND model_version = :version GROUP BY 1, 2
) s
GROUP BY 1 ORDER BY 1

-- name: trend
-- Sums of one model by bins of `step` seconds, of all features or of one.
SELECT (floor(extract(epoch FROM hour) / :step) * :step)::bigint AS at, place, sum(predictions)::bigint AS values,
    sum(missing)::bigint AS missing, sum(wrong_type)::bigint AS wrong_type, sum(out_of_range)::bigint AS out_of_range,
    sum(unseen)::bigint AS unseen
FROM analytics_feature_quality
WHERE hour >= :start AND hour < :end AND model_version = :version GROUP BY 1, 2 ORDER BY 1, 2

-- name: expected
-- What a model expects of each feature.
SELECT place, feature, kind, low, high, unseen, coalesce(categories, '[]') AS categories, edges, before FROM feature_expectations
WHERE model_version = :version ORDER BY place

-- name: anomalies
-- The newest values of one model that were not expected, of a span; of an hour at most twenty of a feature and problem.
SELECT (a ->> 0)::float8 AS at, a ->> 1 AS transaction_id, feature, (a ->> 2)::int AS problem, (a ->> 3)::float8 AS value
FROM (
    SELECT hour, feature, anomalies FROM analytics_feature_quality
    WHERE hour >= :start AND hour < :end AND model_version = :version AND anomalies <> '[]'::jsonb
      AND (CAST(:feature AS text) IS NULL OR feature = :feature)
    ORDER BY hour DESC LIMIT :hours
) newest, jsonb_array_elements(anomalies) a
ORDER BY 1 DESC, 2, 3 LIMIT :most

-- sources: predictions
-- name: put
-- How long the predictions of an hour took, by model: a histogram (core/events/endpoint_series.py).
INSERT INTO analytics_latency (hour, model_version, predictions, sum_ms, min_ms, max_ms, sketch)
SELECT %(hour)s, model, sum(n), sum(total), min(least), max(most),
       string_agg(varint(bucket - before) || varint(n), ''::bytea ORDER BY bucket) || '\x00'
FROM (
    SELECT *, lag(bucket, 1, -698) OVER (PARTITION BY model ORDER BY bucket) AS before
    FROM (
        SELECT coalesce(model_version, -1) AS model, count(*) AS n, sum(latency_ms::float8) AS total,
               min(latency_ms) AS least, max(latency_ms) AS most,
               CASE WHEN latency_ms <= 0.001 THEN -697
                    ELSE least(698, ceil(ln(latency_ms::float8 / 1000) / ln(1.02::float8)))::int END AS bucket
        FROM fraud_predictions
        WHERE timestamp >= %(hour)s AND timestamp < %(end)s AND latency_ms >= 0 AND NOT coalesce(extra ? 'replayed', false)
        GROUP BY model, bucket
    ) counted
) gapped GROUP BY model

-- name: bins
-- How long predictions took by bin (its start in seconds) and model.
SELECT floor(extract(epoch FROM hour) / :step)::bigint * :step AS bin, model_version,
       sum(predictions)::bigint AS predictions, sum(sum_ms) AS sum_ms, min(min_ms)::float8 AS min_ms,
       max(max_ms)::float8 AS max_ms, string_agg(sketch, ''::bytea) AS sketch
FROM analytics_latency WHERE hour >= :start AND hour < :end GROUP BY 1, 2 ORDER BY 1, 2

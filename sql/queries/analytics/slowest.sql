-- sources: predictions
-- name: put
-- The ten slowest predictions of an hour.
INSERT INTO analytics_slowest (hour, place, timestamp, transaction_id, latency_ms, fraud_score, decision, model_version)
SELECT %(hour)s, row_number() OVER (ORDER BY latency_ms DESC, timestamp, transaction_id), slow.*
FROM (
    SELECT timestamp, transaction_id, latency_ms, fraud_score, decision, model_version FROM fraud_predictions
    WHERE timestamp >= %(hour)s AND timestamp < %(end)s AND latency_ms >= 0 AND NOT coalesce(extra ? 'replayed', false)
    ORDER BY latency_ms DESC, timestamp, transaction_id LIMIT 10
) slow

-- name: top
-- The ten slowest predictions of a span.
SELECT timestamp, transaction_id, latency_ms::float8 AS latency_ms, fraud_score::float8 AS score, decision::text AS decision,
       model_version
FROM analytics_slowest WHERE hour >= :start AND hour < :end ORDER BY latency_ms DESC, timestamp, transaction_id LIMIT 10

-- name: only_one
-- Whether nobody else fills in predictions now.
SELECT pg_try_advisory_xact_lock(7305064)

-- name: begin
-- What is filled in begins with the newest rows of now.
INSERT INTO prediction_quality_fill (filled_to) VALUES (to_timestamp(%s)) ON CONFLICT DO NOTHING

-- name: place
-- How far back predictions are filled in.
SELECT filled_to, done FROM prediction_quality_fill

-- name: rows
-- The newest predictions before a time, and what is needed to judge those that were not.
SELECT timestamp, transaction_id, fraud_score::float8, model_version, features,
       confidence IS NULL AND data_quality_score IS NULL AS unjudged
FROM fraud_predictions WHERE timestamp < %(before)s ORDER BY timestamp DESC LIMIT %(most)s

-- name: rows_at
-- All predictions of a moment.
SELECT timestamp, transaction_id, fraud_score::float8, model_version, features,
       confidence IS NULL AND data_quality_score IS NULL AS unjudged
FROM fraud_predictions WHERE timestamp = %(at)s

-- name: fill
-- What was found out of each.
UPDATE fraud_predictions p SET confidence = v.confidence::"char", data_quality_score = v.data_quality::smallint
FROM (VALUES %s) v (timestamp, transaction_id, confidence, data_quality)
WHERE p.timestamp = v.timestamp AND p.transaction_id = v.transaction_id

-- name: filled
-- How far it is now.
UPDATE prediction_quality_fill SET filled_to = %(to)s, done = %(done)s

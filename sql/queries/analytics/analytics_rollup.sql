-- name: only_one
-- Whether nobody else sums up hours now.
SELECT pg_try_advisory_xact_lock(7305063)

-- name: note
-- Hours whose rows change in this transaction.
INSERT INTO analytics_stale (source, hour) SELECT %(source)s, unnest(%(hours)s::timestamptz[])

-- name: stale
-- Hours to sum up, the newest first: those not yet summed up, or long enough ago for what that cost.
SELECT s.source, s.hour FROM (SELECT DISTINCT source, hour FROM analytics_stale) s
LEFT JOIN analytics_summed d USING (source, hour)
WHERE d.at IS NULL OR d.at + greatest(%(pause)s, %(times)s * d.seconds) * interval '1 second' <= to_timestamp(%(now)s)
ORDER BY s.hour DESC, s.source LIMIT %(most)s

-- name: note_differing
-- Hours of the last two days whose sums do not have all predictions: a release that writes no notes still ran.
INSERT INTO analytics_stale (source, hour)
SELECT 'predictions', hour FROM (
    SELECT date_trunc('hour', minute) AS hour, sum(tp + fp + fn + tn + flagged_unlabelled + clear_unlabelled) AS n
    FROM confusion_minutes WHERE minute >= to_timestamp(%(since)s) GROUP BY 1
) counted LEFT JOIN (
    SELECT hour, sum(predictions) AS n FROM analytics_decisions WHERE hour >= to_timestamp(%(since)s) GROUP BY 1
) summed USING (hour)
WHERE counted.n <> coalesce(summed.n, 0)

-- name: take
-- Take the notes of an hour.
DELETE FROM analytics_stale WHERE source = %(source)s AND hour = %(hour)s

-- name: summed
-- That an hour was summed up, and what it cost.
INSERT INTO analytics_summed (source, hour, at, seconds) VALUES (%(source)s, %(hour)s, to_timestamp(%(at)s), %(seconds)s)
ON CONFLICT (source, hour) DO UPDATE SET at = EXCLUDED.at, seconds = EXCLUDED.seconds

-- name: forget_summed
-- What is long over may be summed up at once.
DELETE FROM analytics_summed WHERE at < to_timestamp(%(before)s)

-- name: topics
-- How far back each topic is summed up.
SELECT topic, filled_to, done FROM analytics_topics

-- name: begin_topic
-- A new topic: its history is to be summed up from an hour back.
INSERT INTO analytics_topics (topic, filled_to) VALUES (%(topic)s, %(hour)s) ON CONFLICT DO NOTHING

-- name: filled
-- The history of a topic is summed up back to an hour.
UPDATE analytics_topics SET filled_to = %(hour)s, done = %(done)s WHERE topic = %(topic)s

-- name: last_predictions
-- The newest prediction before an hour.
SELECT max(timestamp) FROM fraud_predictions WHERE timestamp < %(before)s AND timestamp >= to_timestamp(%(oldest)s)

-- name: last_transactions
-- The newest transaction before an hour.
SELECT max(timestamp) FROM transactions WHERE timestamp < %(before)s AND timestamp >= to_timestamp(%(oldest)s)

-- name: last_requests
-- The newest request before an hour.
SELECT max(timestamp) FROM api_requests WHERE timestamp < %(before)s AND timestamp >= to_timestamp(%(oldest)s)

-- name: progress
-- When an hour was summed up last, and whether all history is.
SELECT (SELECT extract(epoch FROM max(at))::float8 FROM analytics_summed) AS at,
       NOT EXISTS (SELECT FROM analytics_topics WHERE NOT done) AS whole

-- sources: predictions
-- name: put
-- Predictions of an hour by decision, replayed ones apart.
INSERT INTO analytics_decisions (hour, replayed, decision, predictions, held)
SELECT %(hour)s, coalesce(extra ? 'replayed', false), decision, count(*), count(*) FILTER (WHERE extra ? 'holdout')
FROM fraud_predictions WHERE timestamp >= %(hour)s AND timestamp < %(end)s
GROUP BY 2, 3

-- name: totals
-- Predictions of a span by decision, as counted in an approval rate: replayed ones are left out.
SELECT decision::text AS decision, sum(predictions)::bigint AS predictions, sum(held)::bigint AS held
FROM analytics_decisions WHERE hour >= :start AND hour < :end AND NOT replayed GROUP BY 1

-- name: bins
-- The same by bins of so many seconds, which begin at multiples of them.
SELECT (extract(epoch FROM hour)::bigint / :step) * :step AS at, decision::text AS decision,
       sum(predictions)::bigint AS predictions, sum(held)::bigint AS held
FROM analytics_decisions WHERE hour >= :start AND hour < :end AND NOT replayed GROUP BY 1, 2

-- name: replayed
-- How many replayed predictions a span has, which no other figure counts.
SELECT coalesce(sum(predictions), 0)::bigint FROM analytics_decisions WHERE hour >= :start AND hour < :end AND replayed

-- name: oldest
-- The first hour of which anything is known.
SELECT extract(epoch FROM min(hour))::float8 FROM analytics_decisions

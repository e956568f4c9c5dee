-- name: slots
-- The slots of one width that start in a span, counters in the order of core/events/time_buckets.py.
SELECT slot, transactions, purchases, revenue_cents, predictions, approved, review, blocked, blocked_normal, requests, errors, latency
FROM rollups WHERE width = :width AND slot >= :start AND slot < :end ORDER BY slot

-- name: minutes
-- Requests and server errors in bins of whole minutes.
SELECT to_timestamp(floor(extract(epoch FROM slot) / CAST(:step AS integer)) * CAST(:step AS integer)) AS bin, sum(requests) AS requests, sum(errors) AS errors
FROM rollups WHERE width = 60 AND slot >= :start AND slot < :end GROUP BY 1 ORDER BY 1

-- name: decisions
-- How many predictions got each decision in a span.
SELECT COALESCE(sum(approved), 0), COALESCE(sum(review), 0), COALESCE(sum(blocked), 0)
FROM rollups WHERE width = :width AND slot >= :start AND slot < :end

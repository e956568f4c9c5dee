-- name: unacknowledged
-- Open incidents that people were told of, that nobody took, and that were not escalated yet, by themselves or with the
-- group in which they wait for somebody.
SELECT id, rule, series, severity::text AS severity, coalesce(waiting_since, notified_at) AS waiting_since, group_id
FROM incidents AS i
WHERE status = 'open' AND notified_at IS NOT NULL AND escalated_at IS NULL AND NOT EXISTS (
    SELECT FROM incidents AS m WHERE m.group_id = i.group_id AND m.status = 'open'
      AND m.escalated_at > coalesce(i.waiting_since, '-infinity'))
ORDER BY coalesce(waiting_since, notified_at), id

-- name: ending_silence
-- One silence in force that ends soon, marked as warned of.
UPDATE silences SET warned_at = :now WHERE id = (
    SELECT id FROM silences WHERE starts_at <= :now AND ends_at > :now AND ends_at <= :until AND warned_at IS NULL
    ORDER BY ends_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, rule, series, severity::text AS severity, owner, reason, starts_at, ends_at, created_at, ended_by, warned_at,
          exact_rule, exact_series

-- name: last_canary
-- When the newest canary was written.
SELECT max(created_at) FROM outbox WHERE event = 'canary'

-- name: drop_synthetic
-- Retention of canaries.
DELETE FROM outbox o WHERE event = 'canary' AND created_at < :before
  AND NOT EXISTS (SELECT 1 FROM outbox f WHERE f.fallback_of = o.id)

-- name: waiting
-- Messages that wait, the age of the oldest that is due, and open incidents.
SELECT count(*) AS messages, extract(epoch FROM CAST(:now AS timestamptz) - min(due_at) FILTER (WHERE due_at <= :now))::float8 AS oldest,
       (SELECT count(*) FROM incidents WHERE status <> 'resolved') AS incidents
FROM outbox WHERE state = 'pending'

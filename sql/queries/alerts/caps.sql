-- name: sent
-- How many messages of each rule a channel took lately.
SELECT COALESCE(rule, notice ->> 'rule') AS rule, count(*) FROM outbox
WHERE channel = :channel AND state = 'sent' AND finished_at > :since AND event IN ('trigger', 'escalate', 'notice')
  AND COALESCE(rule, notice ->> 'rule') <> 'cap'
GROUP BY 1

-- name: leave_out
-- Messages of a channel that are due and too many.
WITH many AS (
    SELECT id FROM outbox
    WHERE state = 'pending' AND channel = :channel AND due_at <= :now AND event IN ('trigger', 'escalate', 'notice')
      AND (claimed_until IS NULL OR claimed_until < :now) AND COALESCE(rule, notice ->> 'rule') <> 'cap'
      AND NOT (notice ->> 'severity' = 'critical' AND event <> 'notice'
               AND NOT COALESCE(rule, notice ->> 'rule') = ANY(CAST(:spent AS text[])))
    ORDER BY id FOR UPDATE SKIP LOCKED
)
UPDATE outbox AS o SET state = 'cancelled', last_error = :why, finished_at = :now, claimed_until = NULL
FROM many WHERE o.id = many.id
RETURNING o.id, o.incident_id, COALESCE(o.notice ->> 'link', '') AS link

-- name: counted
-- How many messages of each rule a channel skipped; "left out:" is what 0.3 wrote, of the hour before an upgrade.
SELECT COALESCE(rule, notice ->> 'rule') AS rule, count(*) FROM outbox
WHERE channel = :channel AND state = 'cancelled' AND finished_at >= :since
    AND (last_error LIKE 'skipped:%' OR last_error LIKE 'left out:%')
GROUP BY 1

-- name: count_on
-- A summary that waits says how many there are by now.
UPDATE outbox SET notice = CAST(:notice AS jsonb) WHERE key = :key AND state = 'pending'

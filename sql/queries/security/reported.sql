-- name: lock
-- One at a time counts and uses up, until its transaction ends.
SELECT pg_advisory_xact_lock(7305090)

-- name: used
-- What each sender's reports caused since an instant.
SELECT sender, count(*) AS n FROM reported_effects
WHERE sender = ANY(CAST(:senders AS text[])) AND kind = :kind AND at > :since GROUP BY sender

-- name: use
-- One more.
INSERT INTO reported_effects (at, sender, kind, value) VALUES (:at, :sender, :kind, :value)

-- name: of_failures
-- Who reported failed second factors of an account.
SELECT DISTINCT coalesce(reported_by, 'unknown') AS reported_by FROM security_events
WHERE timestamp > :since AND category = 'authentication' AND action LIKE 'mfa%' AND outcome = 'failure'
  AND lower(actor) = lower(:account)

-- name: sweep
-- Retention.
DELETE FROM reported_effects WHERE at < :before

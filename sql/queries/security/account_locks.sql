-- name: lock
-- Lock an account of the platform; locked again it lasts longer, and a lock that was released begins anew.
INSERT INTO account_locks AS known (account, since, until, reason, incident_id)
VALUES (:account, :at, :until, :reason, :incident_id)
ON CONFLICT (account) DO UPDATE SET
    since = CASE WHEN known.released_at IS NULL AND (known.until IS NULL OR known.until > :at)
        THEN known.since ELSE excluded.since END,
    until = CASE WHEN known.released_at IS NULL AND known.until IS NULL THEN NULL
        WHEN known.released_at IS NULL THEN greatest(known.until, excluded.until) ELSE excluded.until END,
    reason = excluded.reason, incident_id = excluded.incident_id, released_at = NULL, released_by = NULL
RETURNING *

-- name: running
-- Accounts that are locked now, the newest lock first.
SELECT * FROM account_locks WHERE released_at IS NULL AND (until IS NULL OR until > :now) ORDER BY since DESC LIMIT :most

-- name: release
-- Open an account again; no row when it is not locked.
UPDATE account_locks SET released_at = :at, released_by = :actor
WHERE account = :account AND released_at IS NULL AND (until IS NULL OR until > :at) RETURNING *

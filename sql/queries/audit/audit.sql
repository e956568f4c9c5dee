-- name: lock
-- One appends at a time, until its transaction ends; a commit that was confirmed is on disk, and may be anchored.
SELECT pg_advisory_xact_lock(7305010), set_config('synchronous_commit', 'on', true)

-- name: head
-- The newest row's number and hash.
SELECT seq, hash, signature FROM audit_head

-- name: insert
-- One row.
INSERT INTO audit_log (seq, at, actor, action, target, before, after, ip, correlation_id, previous, hash,
                       key_id, mac)
VALUES (:seq, :at, :actor, :action, :target, CAST(:before AS json), CAST(:after AS json), CAST(:ip AS inet),
        :correlation_id, :previous, :hash, :key_id, :mac)

-- name: set_head
-- Move the head on.
INSERT INTO audit_head (seq, hash, signature) VALUES (:seq, :hash, :signature)
ON CONFLICT (one) DO UPDATE SET seq = EXCLUDED.seq, hash = EXCLUDED.hash, signature = EXCLUDED.signature

-- name: all
-- Every row in order, as it was hashed.
SELECT seq, at, actor, action, target, before::text AS before, after::text AS after, host(ip) AS ip, correlation_id,
       previous, hash, key_id, mac
FROM audit_log WHERE seq > :after ORDER BY seq

-- name: newest
-- The newest row.
SELECT seq, at, actor, action, target, before::text AS before, after::text AS after, host(ip) AS ip, correlation_id,
       previous, hash, key_id, mac
FROM audit_log ORDER BY seq DESC LIMIT 1

-- name: row
-- One row.
SELECT seq, at, actor, action, target, before::text AS before, after::text AS after, host(ip) AS ip, correlation_id,
       previous, hash, key_id, mac
FROM audit_log WHERE seq = :seq

-- name: hash_at
-- One row's hash.
SELECT hash FROM audit_log WHERE seq = :seq

-- name: own
-- What the log says about itself since an instant, in order.
SELECT seq, at, actor, action, target, before::text AS before, after::text AS after, host(ip) AS ip, correlation_id,
       previous, hash, key_id, mac
FROM audit_log WHERE action LIKE 'audit.%' AND at >= :since ORDER BY seq

-- name: sealed
-- Whether the rows of older releases are sealed.
SELECT 1 FROM audit_log WHERE action LIKE 'audit.%' AND action = 'audit.seal' LIMIT 1

-- name: put_check
-- What the newest check from a place found.
INSERT INTO audit_checks (place, at, full_at, newest, problems, detail)
VALUES (:place, :at, :full_at, :newest, :problems, :detail)
ON CONFLICT (place) DO UPDATE SET at = EXCLUDED.at, full_at = coalesce(EXCLUDED.full_at, audit_checks.full_at),
    newest = EXCLUDED.newest, problems = EXCLUDED.problems, detail = EXCLUDED.detail

-- name: snapshot
-- What is read in this transaction is of one instant, and holds nobody up.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY

-- name: listed
-- Rows of a filter, newest first.
SELECT seq, at, actor, action, target, before::text AS before, after::text AS after, host(ip) AS ip, correlation_id,
       previous, hash, key_id, mac
FROM audit_log
WHERE (CAST(:actor AS text) IS NULL OR actor = :actor)
  AND (CAST(:action AS text) IS NULL OR action = :action)
  AND (CAST(:target AS text) IS NULL OR target = :target)
  AND (CAST(:start AS timestamptz) IS NULL OR at >= :start)
  AND (CAST(:end AS timestamptz) IS NULL OR at < :end)
  AND (CAST(:below AS bigint) IS NULL OR seq < :below)
  AND NOT (CAST(:without_batches AS boolean) AND action = 'label.batch')
ORDER BY seq DESC LIMIT :most

-- name: lock
-- One appends at a time, until its transaction ends.
SELECT pg_advisory_xact_lock(7305010)

-- name: head
-- The newest row's number and hash.
SELECT seq, hash, signature FROM audit_head

-- name: insert
-- One row.
INSERT INTO audit_log (seq, at, actor, action, target, before, after, ip, correlation_id, previous, hash)
VALUES (:seq, :at, :actor, :action, :target, CAST(:before AS json), CAST(:after AS json), CAST(:ip AS inet),
        :correlation_id, :previous, :hash)

-- name: set_head
-- Move the head on.
INSERT INTO audit_head (seq, hash, signature) VALUES (:seq, :hash, :signature)
ON CONFLICT (one) DO UPDATE SET seq = EXCLUDED.seq, hash = EXCLUDED.hash, signature = EXCLUDED.signature

-- name: all
-- Every row in order, as it was hashed.
SELECT seq, at, actor, action, target, before::text AS before, after::text AS after, host(ip) AS ip, correlation_id,
       previous, hash
FROM audit_log ORDER BY seq

-- name: listed
-- Rows of a filter, newest first.
SELECT seq, at, actor, action, target, before::text AS before, after::text AS after, host(ip) AS ip, correlation_id,
       previous, hash
FROM audit_log
WHERE (CAST(:actor AS text) IS NULL OR actor = :actor)
  AND (CAST(:action AS text) IS NULL OR action = :action)
  AND (CAST(:target AS text) IS NULL OR target = :target)
  AND (CAST(:start AS timestamptz) IS NULL OR at >= :start)
  AND (CAST(:end AS timestamptz) IS NULL OR at < :end)
  AND (CAST(:below AS bigint) IS NULL OR seq < :below)
  AND NOT (CAST(:without_batches AS boolean) AND action = 'label.batch')
ORDER BY seq DESC LIMIT :most

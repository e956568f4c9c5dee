-- name: count
-- How many files are kept.
SELECT count(*) FROM uploads

-- name: lock
-- Files are counted one after another before they are there.
SELECT pg_advisory_xact_lock(7305032)

-- name: insert
-- A file that is being stored; the transaction completes it.
INSERT INTO uploads (name, size, sha256, uploaded_by, uploaded_at, expires_at)
VALUES (:name, 0, '', :actor, to_timestamp(:now), to_timestamp(:now + :keep)) RETURNING id

-- name: put_chunk
-- A part of a file.
INSERT INTO upload_chunks (upload, number, body) VALUES (:upload, :number, :body)

-- name: complete
-- The file is there whole.
UPDATE uploads SET size = :size, sha256 = :sha256 WHERE id = :id

-- name: one
-- A file without its content.
SELECT id, name, size, sha256, uploaded_by, uploaded_at, expires_at, state, message, look FROM uploads WHERE id = :id

-- name: listed
-- The files that are kept, newest first.
SELECT id, name, size, sha256, uploaded_by, uploaded_at, expires_at, state, message, NULL AS look FROM uploads ORDER BY id DESC

-- name: chunks
-- The content in its order.
SELECT body FROM upload_chunks WHERE upload = %s ORDER BY number

-- name: abandon
-- Files at which workers died are not looked at for ever.
UPDATE uploads SET state = 'refused', claimed_until = NULL,
       message = 'the training worker ended ' || attempts || ' times while it looked at the file: it may be too large for its memory'
WHERE state = 'looking' AND claimed_until < to_timestamp(:now) AND attempts >= :most_attempts

-- name: claim
-- One file that nobody has looked at, or whose worker has not reported in time.
UPDATE uploads SET state = 'looking', attempts = attempts + 1, claimed_until = to_timestamp(:now + :seconds) WHERE id = (
    SELECT id FROM uploads WHERE state = 'waiting' OR (state = 'looking' AND claimed_until < to_timestamp(:now))
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, name, size, sha256, uploaded_by, uploaded_at, expires_at, state, message, NULL AS look

-- name: looked
-- What was seen in it.
UPDATE uploads SET state = :state, message = :message, look = CAST(:look AS jsonb), claimed_until = NULL WHERE id = :id

-- name: in_use
-- Whether a run waits for a file or reads it.
SELECT 1 FROM training_runs WHERE upload = :id AND state IN ('queued', 'running') LIMIT 1

-- name: hold
-- Keep a file from being let go until the transaction ends.
SELECT 1 FROM uploads WHERE id = :id FOR KEY SHARE

-- name: delete
-- Let a file go.
DELETE FROM uploads WHERE id = :id RETURNING id

-- name: drop_expired
-- Let files go whose time is over and that no run needs.
DELETE FROM uploads u WHERE expires_at < to_timestamp(:now)
  AND NOT EXISTS (SELECT 1 FROM training_runs r WHERE r.upload = u.id AND r.state IN ('queued', 'running'))

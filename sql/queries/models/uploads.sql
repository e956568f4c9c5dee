-- name: count
-- How many files are kept.
SELECT count(*) FROM uploads

-- name: lock
-- Files are counted one after another before they are there.
SELECT pg_advisory_xact_lock(7305032)

-- name: insert
-- A file that is being stored; the transaction completes it.
INSERT INTO uploads (job, name, size, sha256, uploaded_by, uploaded_at, expires_at)
VALUES (:job, :name, 0, '', :actor, to_timestamp(:now), to_timestamp(:now + :keep)) RETURNING id

-- name: put_chunk
-- A part of a file.
INSERT INTO upload_chunks (upload, number, body) VALUES (:upload, :number, :body)

-- name: complete
-- The file is there whole.
UPDATE uploads SET size = :size, sha256 = :sha256 WHERE id = :id

-- name: one
-- A file without its content.
SELECT u.id, u.name, u.size, u.sha256, u.uploaded_by, u.uploaded_at, u.expires_at, j.message,
       CASE j.state WHEN 'queued' THEN 'waiting' WHEN 'running' THEN 'looking' WHEN 'done' THEN 'looked' ELSE 'refused' END AS state, u.look
FROM uploads u JOIN jobs j ON j.id = u.job WHERE u.id = :id

-- name: of_job
-- The file of a job, without its content.
SELECT u.id, u.name, u.size, u.sha256, u.uploaded_by, u.uploaded_at, u.expires_at, j.message,
       CASE j.state WHEN 'queued' THEN 'waiting' WHEN 'running' THEN 'looking' WHEN 'done' THEN 'looked' ELSE 'refused' END AS state, NULL AS look
FROM uploads u JOIN jobs j ON j.id = u.job WHERE u.job = :job

-- name: listed
-- The files that are kept, newest first.
SELECT u.id, u.name, u.size, u.sha256, u.uploaded_by, u.uploaded_at, u.expires_at, j.message,
       CASE j.state WHEN 'queued' THEN 'waiting' WHEN 'running' THEN 'looking' WHEN 'done' THEN 'looked' ELSE 'refused' END AS state, NULL AS look
FROM uploads u JOIN jobs j ON j.id = u.job ORDER BY u.id DESC

-- name: chunks
-- The content in its order.
SELECT body FROM upload_chunks WHERE upload = %s ORDER BY number

-- name: looked
-- What was seen in it.
UPDATE uploads SET look = CAST(:look AS jsonb) WHERE id = :id

-- name: in_use
-- Whether a run waits for a file or reads it.
SELECT 1 FROM training_runs t JOIN jobs j ON j.id = t.job WHERE t.upload = :id AND j.state IN ('queued', 'running') LIMIT 1

-- name: hold
-- Keep a file from being let go until the transaction ends.
SELECT 1 FROM uploads WHERE id = :id FOR KEY SHARE

-- name: delete
-- Let a file go, and its job with it.
DELETE FROM jobs WHERE id = (SELECT job FROM uploads WHERE id = :id) RETURNING id

-- name: drop_expired
-- Let files go whose time is over and that no run needs, and their jobs.
DELETE FROM jobs WHERE id IN (
    SELECT u.job FROM uploads u WHERE u.expires_at < to_timestamp(:now)
      AND NOT EXISTS (SELECT 1 FROM training_runs r JOIN jobs j ON j.id = r.job WHERE r.upload = u.id AND j.state IN ('queued', 'running')))

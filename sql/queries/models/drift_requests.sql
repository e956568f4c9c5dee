-- name: insert
-- A report that somebody asks for.
INSERT INTO drift_requests (job, spec, requested_by) VALUES (:job, CAST(:spec AS jsonb), :actor) RETURNING id

-- name: answer
-- The report that was asked for.
UPDATE drift_requests SET report = :report WHERE id = :id

-- name: read
-- Requests with how their jobs stand, newest first: all, or the one of a job.
SELECT r.id, r.requested_by, r.requested_at, r.spec, CASE j.state WHEN 'cancelled' THEN 'failed' ELSE j.state END AS state,
       j.message, j.finished_at, r.report
FROM drift_requests r JOIN jobs j ON j.id = r.job
WHERE CAST(:job AS bigint) IS NULL OR r.job = :job ORDER BY r.id DESC LIMIT :most

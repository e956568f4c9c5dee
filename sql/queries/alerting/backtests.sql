-- name: insert
-- A backtest that somebody asks for.
INSERT INTO backtests (job, requested_at, requested_by, spec) VALUES (:job, :at, :actor, CAST(:spec AS jsonb)) RETURNING id

-- name: answer
-- What came of it.
UPDATE backtests SET result = CAST(:result AS jsonb) WHERE id = :id

-- name: one
-- One backtest.
SELECT b.id, b.requested_at, b.requested_by, b.spec, b.result,
       CASE j.state WHEN 'cancelled' THEN 'failed' ELSE j.state END AS state, j.message, j.finished_at
FROM backtests b JOIN jobs j ON j.id = b.job WHERE b.id = :id

-- name: of_job
-- The backtest of a job.
SELECT b.id, b.requested_at, b.requested_by, b.spec,
       CASE j.state WHEN 'cancelled' THEN 'failed' ELSE j.state END AS state, j.message, j.finished_at
FROM backtests b JOIN jobs j ON j.id = b.job WHERE b.job = :job

-- name: newest
-- The newest backtests, without their results.
SELECT b.id, b.requested_at, b.requested_by, b.spec - 'series' AS spec,
       CASE j.state WHEN 'cancelled' THEN 'failed' ELSE j.state END AS state, j.message, j.finished_at
FROM backtests b JOIN jobs j ON j.id = b.job ORDER BY b.id DESC LIMIT :most

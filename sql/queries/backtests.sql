-- name: insert
-- A backtest that somebody asks for.
INSERT INTO backtests (requested_at, requested_by, spec) VALUES (:at, :actor, CAST(:spec AS jsonb)) RETURNING id

-- name: claim
-- One backtest that nobody runs, or whose worker has not reported in time.
UPDATE backtests SET state = 'running', claimed_until = :until WHERE id = (
    SELECT id FROM backtests WHERE state = 'queued' OR (state = 'running' AND claimed_until < :now)
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, spec

-- name: finish
-- What came of it.
UPDATE backtests SET state = :state, message = :message, result = CAST(:result AS jsonb), finished_at = :at,
    claimed_until = NULL WHERE id = :id

-- name: one
-- One backtest.
SELECT id, requested_at, requested_by, spec, state, message, result, finished_at FROM backtests WHERE id = :id

-- name: newest
-- The newest backtests, without their results.
SELECT id, requested_at, requested_by, spec - 'series' AS spec, state, message, finished_at
FROM backtests ORDER BY id DESC LIMIT :most

-- name: drop
-- Retention.
DELETE FROM backtests WHERE requested_at < :before

-- name: lock
-- One version of a source's baseline at a time.
SELECT pg_advisory_xact_lock(7305017, hashtext(:source))

-- name: put
-- A new version, in force from now on.
INSERT INTO status_baselines (source, version, state, learnt_from, created_by, created_at, in_force)
SELECT :source, coalesce(max(version), 0) + 1, :state, :learnt_from, :by, to_timestamp(:now), true
FROM status_baselines WHERE source = :source
RETURNING version

-- name: revert
-- Take the newest version in force out of force.
UPDATE status_baselines SET in_force = false WHERE source = :source AND version = (
    SELECT max(version) FROM status_baselines WHERE source = :source AND in_force)
RETURNING version, ceil(extract(epoch FROM created_at) / 60)::int, learnt_from

-- name: judge_again
-- Have a source judged anew from a minute on, if it was judged so far.
INSERT INTO status_changes (source, minute, received_at)
SELECT source, CAST(:minute AS integer), received_at FROM status_sources WHERE source = :source AND judged >= :minute

-- name: list
-- All versions of a source, the newest first.
SELECT version, in_force, learnt_from, created_by, extract(epoch FROM created_at)::float8 FROM status_baselines
WHERE source = :source ORDER BY version DESC

-- name: between
-- Baselines in force that begin within a stretch of time: from which minute, and the state.
SELECT ceil(extract(epoch FROM created_at) / 60)::int, state FROM status_baselines
WHERE source = :source AND in_force AND created_at > to_timestamp(:start) - interval '1 minute'
    AND created_at <= to_timestamp(:end)
ORDER BY version

-- name: before
-- The newest baseline that was in force before a time.
SELECT state FROM status_baselines
WHERE source = :source AND in_force AND created_at <= to_timestamp(:end) ORDER BY version DESC LIMIT 1

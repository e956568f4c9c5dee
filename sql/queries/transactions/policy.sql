-- name: newest
-- The policy in force.
SELECT version, profile, fraud_threshold, review_from, block_from
FROM policy_versions ORDER BY version DESC LIMIT 1

-- name: insert
-- A new version of the policy.
INSERT INTO policy_versions (profile, fraud_threshold, review_from, block_from, actor)
VALUES (:profile, :fraud_threshold, :review_from, :block_from, :actor)
RETURNING version, profile, fraud_threshold, review_from, block_from

-- name: lock
-- One change of the policy at a time, until the transaction ends.
SELECT pg_advisory_xact_lock(7305021)

-- name: author
-- Who put a version in force.
SELECT actor FROM policy_versions WHERE version = :version

-- name: spans
-- The policy in force at the start of a span and every later one in it, oldest first.
SELECT created_at, block_from FROM policy_versions
WHERE created_at < :end AND version >= COALESCE(
    (SELECT max(version) FROM policy_versions WHERE created_at <= :start), 0)
ORDER BY version

-- name: listing
-- The newest versions of the policy.
SELECT version, profile, fraud_threshold, review_from, block_from
FROM policy_versions ORDER BY version DESC LIMIT :most

-- name: since
-- Every version of the policy after one: when it came into force, and its thresholds.
SELECT version, extract(epoch FROM created_at)::float8, review_from::float8, fraud_threshold::float8, block_from::float8
FROM policy_versions WHERE version > %s ORDER BY version

-- name: everything
-- The history of a span by bucket of score and model. A score within a hair below an edge counts as on it: scores are
-- stored as float4.
SELECT LEAST(floor(p.fraud_score * :buckets + 0.0001), :buckets - 1)::int AS bucket, p.model_version AS version,
       count(*) AS n, COALESCE(sum(p.amount::float8), 0) AS money,
       count(*) FILTER (WHERE p.amount IS NULL) AS without_amount,
       count(*) FILTER (WHERE p.decision = 'BLOCKED') AS blocked
FROM fraud_predictions p WHERE p.timestamp >= :start AND p.timestamp < :end
GROUP BY 1, 2

-- name: labelled
-- What is labelled of it, by label, one of 64 groups for the bootstrap, and what was decided: blocked, or held out with
-- which probability.
SELECT LEAST(floor(p.fraud_score * :buckets + 0.0001), :buckets - 1)::int AS bucket, e.label::text AS label,
       abs(hashtext(p.transaction_id) % 64) AS part, count(*) AS n, COALESCE(sum(p.amount::float8), 0) AS money,
       p.decision = 'BLOCKED' AS blocked, CAST(p.extra ->> 'holdout' AS float8) AS share
FROM fraud_predictions p JOIN effective_labels e ON e.transaction_id = p.transaction_id
WHERE p.timestamp >= :start AND p.timestamp < :end
GROUP BY 1, 2, 3, 6, 7

-- name: extent
-- When the span's predictions began and ended; both ends of an index.
SELECT min(timestamp) AS first, max(timestamp) AS last
FROM fraud_predictions WHERE timestamp >= :start AND timestamp < :end

-- name: proposals
-- Proposals, the open ones first, then the newest.
SELECT id, created_at, created_by, fraud_threshold, review_from, block_from, note, basis, state, decided_at, decided_by,
       policy_version
FROM policy_proposals ORDER BY (state = 'open') DESC, id DESC LIMIT 30

-- name: propose
-- Keep a proposal.
INSERT INTO policy_proposals (created_by, fraud_threshold, review_from, block_from, note, basis)
VALUES (:actor, :fraud_threshold, :review_from, :block_from, :note, CAST(:basis AS jsonb)) RETURNING id

-- name: open_proposal
-- An open proposal, held until the transaction ends.
SELECT id, created_by, fraud_threshold, review_from, block_from, note FROM policy_proposals
WHERE id = :id AND state = 'open' FOR UPDATE

-- name: decide
-- A proposal was adopted or discarded.
UPDATE policy_proposals SET state = :state, decided_at = :now, decided_by = :actor, policy_version = :version
WHERE id = :id

-- name: thresholds_of
-- The thresholds of an earlier version of the policy.
SELECT fraud_threshold, review_from, block_from FROM policy_versions WHERE version = :version

-- name: days
-- What each day blocked, and what it held out with the sum of 1/share over it. The condition is that of an index.
SELECT date_bin('1 day', p.timestamp, '2000-01-01 00:00Z') AS start,
       count(*) FILTER (WHERE p.decision = 'BLOCKED') AS blocked,
       count(*) FILTER (WHERE p.decision = 'REVIEW' AND h.share > 0) AS held,
       COALESCE(sum(1 / h.share) FILTER (WHERE p.decision = 'REVIEW' AND h.share > 0), 0) AS weight
FROM fraud_predictions p, LATERAL (SELECT CAST(p.extra ->> 'holdout' AS float8) AS share) h
WHERE p.timestamp >= :start AND p.timestamp < :end AND p.decision <> 'APPROVED'
GROUP BY 1

-- name: everything
-- The history of a span, or of some of its days, by bucket of score and model. A score within a hair below an edge
-- counts as on it: scores are stored as float4.
SELECT LEAST(floor(p.fraud_score * :buckets + 0.0001), :buckets - 1)::int AS bucket, p.model_version AS version,
       count(*) AS n, COALESCE(sum(exact_amount(p.amount_usd, p.amount)), 0)::float8 AS money,
       count(*) FILTER (WHERE p.amount IS NULL) AS without_amount,
       count(*) FILTER (WHERE p.decision = 'BLOCKED') AS blocked
FROM fraud_predictions p WHERE p.timestamp >= :start AND p.timestamp < :end
  AND (CAST(:days AS timestamptz[]) IS NULL
       OR date_bin('1 day', p.timestamp, '2000-01-01 00:00Z') = ANY(CAST(:days AS timestamptz[])))
GROUP BY 1, 2

-- name: labelled
-- What is labelled of it, by label, one of 64 groups for the bootstrap, and what was decided: blocked, or held out on
-- which day with which probability.
SELECT LEAST(floor(p.fraud_score * :buckets + 0.0001), :buckets - 1)::int AS bucket, e.label::text AS label,
       abs(hashtext(p.transaction_id) % 64) AS part, count(*) AS n, COALESCE(sum(exact_amount(p.amount_usd, p.amount)), 0)::float8 AS money,
       p.decision = 'BLOCKED' AS blocked,
       CASE WHEN p.decision = 'REVIEW' THEN CAST(p.extra ->> 'holdout' AS float8) END AS share,
       CASE WHEN p.decision = 'REVIEW' AND p.extra ->> 'holdout' IS NOT NULL
            THEN date_bin('1 day', p.timestamp, '2000-01-01 00:00Z') END AS day
FROM fraud_predictions p JOIN effective_labels e ON e.transaction_id = p.transaction_id
WHERE p.timestamp >= :start AND p.timestamp < :end
  AND (CAST(:days AS timestamptz[]) IS NULL
       OR date_bin('1 day', p.timestamp, '2000-01-01 00:00Z') = ANY(CAST(:days AS timestamptz[])))
GROUP BY 1, 2, 3, 6, 7, 8

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

-- name: labelled
-- The newest stored predictions with the label that counts, oldest first.
SELECT * FROM (
    SELECT p.features, p.model_version, p.wallet,
           exact_amount(p.amount_usd, p.amount)::float8 AS amount, extract(epoch FROM p.timestamp)::float8 AS at,
           (l.label = 'fraud') AS fraud, p.transaction_id
    FROM fraud_predictions p JOIN effective_labels l ON l.transaction_id = p.transaction_id
    WHERE p.timestamp >= to_timestamp(:since) AND p.timestamp < COALESCE(to_timestamp(CAST(:until AS float8)), 'infinity')
      AND p.model_version IN (SELECT version FROM models) AND p.features IS NOT NULL
    ORDER BY p.timestamp DESC, p.transaction_id DESC LIMIT :most
) newest ORDER BY at, transaction_id

-- name: available
-- Labelled predictions by age in whole days.
SELECT floor(extract(epoch FROM to_timestamp(:now) - p.timestamp) / 86400)::integer AS age,
       count(*)::bigint AS rows, count(*) FILTER (WHERE l.label = 'fraud')::bigint AS frauds
FROM fraud_predictions p JOIN effective_labels l ON l.transaction_id = p.transaction_id
WHERE p.timestamp >= to_timestamp(:since) AND p.timestamp < to_timestamp(:now)
  AND p.model_version IN (SELECT version FROM models) AND p.features IS NOT NULL
GROUP BY 1

-- name: versions
-- Registered models, newest first, with roles, card headlines and the run that made them; all, or one.
SELECT m.version, m.created_at, m.algorithm, m.features, m.metrics - 'features' AS metrics, m.fingerprint, m.note,
       r.role, r.since, c.card -> 'measures' AS measures, c.card -> 'data' AS data, t.id AS run,
       COALESCE(t.requested_by, first.actor) AS made_by, octet_length(m.artefact) AS size
FROM models m
LEFT JOIN model_cards c ON c.version = m.version
LEFT JOIN LATERAL (SELECT string_agg(role, ', ' ORDER BY role) AS role, max(since) AS since FROM model_roles WHERE version = m.version) r ON true
LEFT JOIN LATERAL (SELECT id, requested_by FROM training_runs WHERE version = m.version ORDER BY id DESC LIMIT 1) t ON true
LEFT JOIN LATERAL (SELECT actor FROM model_role_changes WHERE after = m.version ORDER BY id LIMIT 1) first ON true
WHERE CAST(:version AS integer) IS NULL OR m.version = :version
ORDER BY m.version DESC LIMIT 500

-- name: insert
-- Register a model.
INSERT INTO models (algorithm, artefact, features, reference, metrics, fingerprint, note)
VALUES (:algorithm, :artefact, CAST(:features AS jsonb), CAST(:reference AS jsonb), CAST(:metrics AS jsonb), :fingerprint, :note)
RETURNING version

-- name: load
-- One model, whole.
SELECT version, algorithm, artefact, features, reference, metrics, fingerprint, created_at, note
FROM models WHERE version = :version

-- name: reference
-- The reference bins of one model.
SELECT reference FROM models WHERE version = :version

-- name: listing
-- All models without their artefacts, newest first.
SELECT m.version, m.created_at, m.algorithm, m.features, m.metrics, m.fingerprint, m.note, r.role, r.since
FROM models m LEFT JOIN model_roles r ON r.version = m.version
ORDER BY m.version DESC

-- name: champion
-- Version of the model that serves.
SELECT version FROM model_roles WHERE role = 'champion'

-- name: promote
-- Make a version the champion.
INSERT INTO model_roles (role, version) VALUES ('champion', :version)
ON CONFLICT (role) DO UPDATE SET version = EXCLUDED.version, since = now()

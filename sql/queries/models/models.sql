-- name: insert
-- Register a model.
INSERT INTO models (algorithm, artefact, features, reference, metrics, fingerprint, note)
VALUES (:algorithm, :artefact, CAST(:features AS jsonb), CAST(:reference AS jsonb), CAST(:metrics AS jsonb), :fingerprint, :note)
RETURNING version

-- name: load
-- One model, whole.
SELECT version, algorithm, artefact, features, reference, metrics, fingerprint, created_at, note, digest, signature
FROM models WHERE version = :version

-- name: put_seal
-- What proves that a model is the one that was registered.
UPDATE models SET digest = :digest, signature = :signature WHERE version = :version

-- name: sealing
-- One process at a time seals what was registered before there were seals.
SELECT pg_advisory_xact_lock(7305033)

-- name: unsealed
-- The models without a seal, where no model has one: they were registered before there were seals.
SELECT version FROM models WHERE NOT EXISTS (SELECT 1 FROM models WHERE digest IS NOT NULL) ORDER BY version

-- name: past_champions
-- Who was champion, newest first.
SELECT before FROM model_role_changes WHERE role = 'champion' AND before IS NOT NULL ORDER BY id DESC LIMIT 20

-- name: exists
-- Whether a version is registered.
SELECT 1 FROM models WHERE version = :version

-- name: reference
-- The reference bins of one model.
SELECT reference FROM models WHERE version = :version

-- name: measured
-- What a model's rows left out of the training measured.
SELECT metrics FROM models WHERE version = :version

-- name: listing
-- All models without their artefacts, newest first; a model may have several roles.
SELECT m.version, m.created_at, m.algorithm, m.features, m.metrics, m.fingerprint, m.note,
       string_agg(r.role, ', ' ORDER BY r.role) AS role, max(r.since) AS since
FROM models m LEFT JOIN model_roles r ON r.version = m.version
GROUP BY m.version
ORDER BY m.version DESC

-- name: role
-- Version of the model in a role.
SELECT version FROM model_roles WHERE role = :role

-- name: holders
-- Who has which role, and since when.
SELECT role, version, since FROM model_roles ORDER BY role

-- name: lock_roles
-- Role changes happen one after another.
SELECT pg_advisory_xact_lock(7305030)

-- name: put_role
-- Give a role to a version.
INSERT INTO model_roles (role, version) VALUES (:role, :version)
ON CONFLICT (role) DO UPDATE SET version = EXCLUDED.version, since = now()

-- name: drop_role
-- Nobody has the role any more.
DELETE FROM model_roles WHERE role = :role

-- name: note_change
-- Put a change of a role on record.
INSERT INTO model_role_changes (role, kind, before, after, actor, reason, correlation_id)
VALUES (:role, :kind, CAST(:before AS integer), :after, :actor, :reason, :correlation_id)
RETURNING id

-- name: settle_decision
-- A run that waited for somebody to promote its model waits no more, however that was done.
UPDATE training_runs SET decision = 'promoted', decided_by = :actor, decided_at = now()
WHERE version = :version AND decision = 'waiting'

-- name: newest_change
-- The newest change of a role.
SELECT id, at, role, kind, before, after, actor, reason, correlation_id
FROM model_role_changes WHERE role = :role ORDER BY id DESC LIMIT 1

-- name: changes
-- Role changes, newest first.
SELECT id, at, role, kind, before, after, actor, reason, correlation_id
FROM model_role_changes ORDER BY id DESC LIMIT :most

-- name: put_card
-- Keep a model's card.
INSERT INTO model_cards (version, card, html) VALUES (:version, CAST(:card AS jsonb), :html)

-- name: card
-- A model's card as a document.
SELECT card FROM model_cards WHERE version = :version

-- name: card_html
-- A model's card as a page.
SELECT html FROM model_cards WHERE version = :version

-- name: expected
-- What a model was trained on, by feature in its order.
SELECT kind, low::float8, high::float8, words FROM feature_expectations WHERE model_version = %s ORDER BY place

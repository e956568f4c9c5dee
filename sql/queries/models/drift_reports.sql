-- name: insert
-- Keep a report.
INSERT INTO drift_reports (created_at, requested_by, model_version, verdict, share, drifted, judged, current_rows, reference, current, summary, document)
VALUES (CAST(:created_at AS timestamptz), :requested_by, :model_version, :verdict, :share, :drifted, :judged, :current_rows, :reference, :current, :summary, CAST(:document AS jsonb))
RETURNING id

-- name: listing
-- The newest reports without their documents; `below` continues after that id.
SELECT id, created_at, requested_by, model_version, verdict, share, drifted, judged, current_rows, reference, current, summary
FROM drift_reports
WHERE (CAST(:below AS bigint) IS NULL OR id < :below) AND (CAST(:model_version AS integer) IS NULL OR model_version = :model_version)
ORDER BY id DESC LIMIT :most

-- name: load
-- One whole report.
SELECT document FROM drift_reports WHERE id = :id

-- name: put_baseline
-- What is kept of a model's data.
INSERT INTO model_baselines (version, baseline, calibration)
VALUES (:version, CAST(:baseline AS jsonb), CAST(:calibration AS jsonb))
ON CONFLICT (version) DO UPDATE SET baseline = EXCLUDED.baseline, calibration = EXCLUDED.calibration, made_at = now()

-- name: baseline
-- The reference of a model's data.
SELECT baseline FROM model_baselines WHERE version = :version

-- name: calibration
-- How a model's scores become probabilities.
SELECT calibration FROM model_baselines WHERE version = :version

-- name: count
-- How many predictions of one model a span has.
SELECT count(*) FROM fraud_predictions
WHERE timestamp >= :start AND timestamp < :end AND model_version = :version AND features IS NOT NULL

-- name: predictions
-- Stored predictions of one model in a span: score, label when there is one, features in the model's order, and epoch
-- seconds; one in `every` by the hash of its id.
SELECT p.fraud_score AS score, extract(epoch FROM p.timestamp)::float8 AS seconds, l.label::text AS label, p.features
FROM fraud_predictions p LEFT JOIN effective_labels l ON l.transaction_id = p.transaction_id
WHERE p.timestamp >= :start AND p.timestamp < :end AND p.model_version = :version AND p.features IS NOT NULL
  AND (:every = 1 OR mod(hashtext(p.transaction_id)::bigint + 2147483648, :every) = 0)

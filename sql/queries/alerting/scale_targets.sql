-- name: get
-- What is wanted of a service.
SELECT * FROM scale_targets WHERE service = :service

-- name: listed
-- What is wanted of every service.
SELECT * FROM scale_targets ORDER BY service

-- name: want
-- So many replicas are wanted, unless the run that wants them is another worker's by now.
INSERT INTO scale_targets AS known (service, wanted, baseline, changed_at)
SELECT :service, :wanted, :baseline, :at
WHERE CAST(:run AS bigint) IS NULL
    OR EXISTS (SELECT 1 FROM action_runs WHERE id = :run AND claim = :claim)
ON CONFLICT (service) DO UPDATE SET wanted = excluded.wanted, baseline = excluded.baseline,
    changed_at = CASE WHEN known.wanted = excluded.wanted THEN known.changed_at ELSE excluded.changed_at END

-- name: report
-- So many replicas run; the first report of a service is its baseline.
INSERT INTO scale_targets AS known (service, wanted, baseline, actual, changed_at, reported_at)
VALUES (:service, :actual, :actual, :actual, :at, :at)
ON CONFLICT (service) DO UPDATE SET actual = excluded.actual, reported_at = excluded.reported_at

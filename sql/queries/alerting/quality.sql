-- name: judge
-- What somebody says of an incident; the last word counts.
INSERT INTO incident_judgements (incident_id, judgement, judged_by, judged_at, via)
SELECT id, :judgement, :actor, :at, :via FROM incidents WHERE id = :id
ON CONFLICT (incident_id) DO UPDATE SET judgement = excluded.judgement, judged_by = excluded.judged_by,
    judged_at = excluded.judged_at, via = excluded.via
RETURNING incident_id

-- name: judgement
-- What was said of an incident.
SELECT judgement, judged_by, judged_at, via FROM incident_judgements WHERE incident_id = :id FOR UPDATE

-- name: incidents
-- Incidents that people were told of from :start to :end, with what was said of each: by a person, else what the
-- status detector's episode turned out to be.
SELECT i.id, i.rule, i.series, i.severity::text AS severity, i.title, i.began_at, i.opened_at, i.notified_at,
       i.acknowledged_at, i.resolved_at,
       coalesce(j.judgement, CASE e.judgement WHEN 'right' THEN 'right' WHEN 'wrong' THEN 'wrong'
                                              WHEN 'new-normal' THEN 'wrong' END) AS judgement
FROM incidents AS i
LEFT JOIN incident_judgements AS j ON j.incident_id = i.id
LEFT JOIN status_episodes AS e ON e.id = i.details->>'episode' AND i.rule = 'statuses'
WHERE i.notified_at >= :start AND i.notified_at < :end AND i.kind <> 'canary'
  AND (CAST(:rule AS text) = '' OR i.rule = :rule)
ORDER BY i.notified_at DESC, i.id LIMIT :most

-- name: propose
-- A search for a quieter setting that somebody asks for.
INSERT INTO rule_proposals (job, rule, requested_by, requested_at) VALUES (:job, :rule, :actor, :at) RETURNING id

-- name: answer
-- What came of it.
UPDATE rule_proposals SET result = CAST(:result AS jsonb) WHERE job = :job

-- name: of_job
-- The proposal of a job.
SELECT id, rule FROM rule_proposals WHERE job = :job

-- name: newest
-- The newest proposal of each rule.
SELECT DISTINCT ON (p.rule) p.id, p.rule, p.requested_by, p.requested_at, p.result,
       CASE j.state WHEN 'cancelled' THEN 'failed' ELSE j.state END AS state, j.message
FROM rule_proposals AS p JOIN jobs AS j ON j.id = p.job ORDER BY p.rule, p.id DESC

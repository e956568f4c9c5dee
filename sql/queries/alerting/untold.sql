-- name: all
-- Open incidents of rules that nobody was told of and nobody took, with what held them so far.
SELECT i.id, i.rule, i.series, i.kind, i.severity::text AS severity, i.opened_at, i.group_id, i.inhibited_by,
       c.rule AS cause_rule, c.series AS cause_series, c.resolved_at AS cause_resolved_at
FROM incidents AS i LEFT JOIN incidents AS c ON c.id = i.inhibited_by
WHERE i.status = 'open' AND i.notified_at IS NULL AND i.kind IN ('alert', 'no_data', 'error')
ORDER BY i.opened_at, i.id

-- name: of_series
-- The newest incident of a series of a rule.
SELECT id FROM incidents WHERE rule = :rule AND series = :series AND kind = 'alert' ORDER BY opened_at DESC LIMIT 1

-- name: inhibit
-- Incidents that follow from others.
UPDATE incidents SET inhibited_by = h.by
FROM jsonb_to_recordset(CAST(:held AS jsonb)) AS h (id text, by text) WHERE incidents.id = h.id

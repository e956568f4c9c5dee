-- name: lock_of
-- Lock the groups of incidents, always before their members.
SELECT id FROM incidents
WHERE id IN (SELECT group_id FROM incidents WHERE id = ANY(CAST(:ids AS text[])) AND group_id IS NOT NULL)
ORDER BY id FOR NO KEY UPDATE

-- name: lock_open
-- Lock every group that has something open.
SELECT id FROM incidents
WHERE id IN (SELECT group_id FROM incidents WHERE group_id IS NOT NULL AND status <> 'resolved')
ORDER BY id FOR NO KEY UPDATE

-- name: live
-- The groups of which something that people were told is not over.
SELECT l.id, l.rule, l.kind, l.severity::text AS severity,
       count(m.notified_at) AS told, count(DISTINCT m.notified_at) AS messages,
       max(m.notified_at) AS told_at, max(m.opened_at) AS grew_at,
       bool_or(m.status = 'open' AND m.notified_at IS NOT NULL) AS takes
FROM incidents AS m JOIN incidents AS l ON l.id = m.group_id
WHERE m.group_id IN (SELECT group_id FROM incidents WHERE group_id IS NOT NULL AND status <> 'resolved')
GROUP BY l.id, l.rule, l.kind, l.severity
HAVING bool_or(m.status <> 'resolved' AND m.notified_at IS NOT NULL)
ORDER BY l.id

-- name: join
-- Incidents go into groups.
UPDATE incidents SET group_id = j.home
FROM jsonb_to_recordset(CAST(:joined AS jsonb)) AS j (id text, home text) WHERE incidents.id = j.id

-- name: newest
-- The members of a group beside the first, the newest first.
SELECT series, opened_at FROM incidents WHERE group_id = :id AND id <> :id ORDER BY opened_at DESC, series LIMIT :most

-- name: members
-- What is not over of the group that an incident leads, itself first; of any other incident, itself.
SELECT id FROM incidents WHERE (id = :id OR group_id = :id) AND status <> 'resolved' ORDER BY id <> :id, opened_at, id

-- name: ended_with
-- An incident and what a person ended last of the group that it leads; of each series the newest.
SELECT id FROM (
    SELECT DISTINCT ON (series) id, opened_at FROM incidents AS i
    WHERE id = :id OR group_id = :id AND resolved_by <> :system AND (resolved_at, resolved_by) = (
        SELECT resolved_at, resolved_by FROM incidents
        WHERE (id = :id OR group_id = :id) AND status = 'resolved' ORDER BY resolved_at DESC LIMIT 1)
    ORDER BY series, opened_at DESC, id
) AS found ORDER BY id <> :id, opened_at, id

-- name: over
-- The groups of incidents of which nothing that people were told is left in one of these states.
WITH groups AS MATERIALIZED (  -- each once: a storm ends thousands of one group
    SELECT DISTINCT group_id FROM incidents WHERE id = ANY(CAST(:ids AS text[])) AND group_id IS NOT NULL)
SELECT group_id FROM groups WHERE NOT EXISTS (
    SELECT FROM incidents AS m
    WHERE m.group_id = groups.group_id AND m.notified_at IS NOT NULL AND m.status = ANY(CAST(:left AS text[])))

-- name: set_escalated
-- More people were told of all of a group that nobody took.
UPDATE incidents SET escalated_at = :at
WHERE group_id = :id AND status = 'open' AND notified_at IS NOT NULL AND escalated_at IS NULL
RETURNING id

-- name: acknowledge
-- Somebody works on these, as far as nobody does.
UPDATE incidents SET status = 'acknowledged', acknowledged_at = :at, acknowledged_by = :actor
WHERE id = ANY(CAST(:ids AS text[])) AND status = 'open'
RETURNING id

-- name: put
-- An entry; seen again it lasts longer, never shorter. An entry without an end stays without. What others report
-- takes nothing from an entry of ours, which our own door honours; ours makes theirs honoured.
INSERT INTO threat_entries AS known (kind, value, reason, source, incident_id, created_at, created_by, until, seen_at)
VALUES (:kind, :value, :reason, :source, :incident_id, :at, :actor, :until, :at)
ON CONFLICT (kind, value) DO UPDATE SET
    until = CASE WHEN known.until IS NULL OR excluded.until IS NULL THEN NULL ELSE greatest(known.until, excluded.until) END,
    reason = CASE WHEN excluded.source LIKE 'reported:%' AND known.source NOT LIKE 'reported:%' THEN known.reason ELSE excluded.reason END,
    source = CASE WHEN excluded.source LIKE 'reported:%' AND known.source NOT LIKE 'reported:%' THEN known.source ELSE excluded.source END,
    seen_at = excluded.seen_at, sightings = known.sightings + 1,
    incident_id = coalesce(excluded.incident_id, known.incident_id)
RETURNING *

-- name: remove
-- Take an entry off the list.
DELETE FROM threat_entries WHERE kind = :kind AND value = :value RETURNING *

-- name: running
-- Entries in force, in the order of their making.
SELECT * FROM threat_entries
WHERE (until IS NULL OR until > :now) AND (CAST(:kind AS text) IS NULL OR kind = :kind)
    AND (CAST(:after AS text) IS NULL OR (kind, value) > (:after_kind, :after))
ORDER BY kind, value LIMIT :most

-- name: counts
-- How many entries of each kind are in force.
SELECT kind, count(*) AS n FROM threat_entries WHERE until IS NULL OR until > :now GROUP BY kind

-- name: version
-- The version of the list.
SELECT version FROM threat_list

-- name: copy
-- Every entry that has not ended: kind, value, epoch second of its end (infinity: none), whether it
-- only follows from what others reported.
SELECT kind, value, coalesce(extract(epoch FROM until)::float8, 'infinity'), source LIKE 'reported:%%' FROM threat_entries
WHERE until IS NULL OR until > to_timestamp(%s)

-- name: sweep
-- Entries that ended long ago go.
DELETE FROM threat_entries WHERE until < to_timestamp(%s)

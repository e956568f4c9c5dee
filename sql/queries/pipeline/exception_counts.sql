-- name: groups
-- Which of these groups there are, by their places.
SELECT k.place::int FROM exception_groups g
JOIN unnest(%(services)s::text[], %(fingerprints)s::text[]) WITH ORDINALITY k (service, fingerprint, place)
  ON (g.service, g.fingerprint) = (k.service, k.fingerprint)

-- name: sizes
-- How many groups each service has.
SELECT service, count(*) FROM exception_groups GROUP BY service

-- name: put
-- New groups, and what is new of known ones, in one order for all. A resolved one that comes back after it was resolved
-- is open again.
INSERT INTO exception_groups AS g (service, fingerprint, type, culprit, message, first_seen, last_seen, first_version,
                                   last_version, created_at, occurrences)
SELECT service, fingerprint, type, culprit, message, to_timestamp(first), to_timestamp(last), first_version,
       last_version, to_timestamp(%(now)s), occurrences
FROM unnest(%(services)s::text[], %(fingerprints)s::text[], %(types)s::text[], %(culprits)s::text[],
            %(messages)s::text[], %(firsts)s::float8[], %(lasts)s::float8[], %(first_versions)s::text[],
            %(last_versions)s::text[], %(counts)s::bigint[])
     k (service, fingerprint, type, culprit, message, first, last, first_version, last_version, occurrences)
ORDER BY service, fingerprint
ON CONFLICT (service, fingerprint) DO UPDATE SET
    message = CASE WHEN EXCLUDED.last_seen >= g.last_seen THEN EXCLUDED.message ELSE g.message END,
    culprit = CASE WHEN EXCLUDED.last_seen >= g.last_seen THEN EXCLUDED.culprit ELSE g.culprit END,
    last_version = CASE WHEN EXCLUDED.last_seen >= g.last_seen THEN EXCLUDED.last_version ELSE g.last_version END,
    first_version = CASE WHEN EXCLUDED.first_seen < g.first_seen THEN EXCLUDED.first_version ELSE g.first_version END,
    first_seen = least(g.first_seen, EXCLUDED.first_seen), last_seen = greatest(g.last_seen, EXCLUDED.last_seen),
    occurrences = least(g.occurrences + EXCLUDED.occurrences, %(most)s),
    reopened_at = CASE WHEN g.state = 'resolved' AND EXCLUDED.last_seen > g.state_at
                       THEN greatest(EXCLUDED.first_seen, g.state_at) ELSE g.reopened_at END,
    state = CASE WHEN g.state = 'resolved' AND EXCLUDED.last_seen > g.state_at THEN 'open' ELSE g.state END
RETURNING id, service, fingerprint

-- name: add_minutes
-- Add to minutes of groups, in one order for all.
INSERT INTO exception_minutes AS m (group_id, timestamp, occurrences)
SELECT id, to_timestamp(minute), occurrences
FROM unnest(%(ids)s::int[], %(minutes)s::bigint[], %(counts)s::bigint[]) k (id, minute, occurrences)
ORDER BY id, minute
ON CONFLICT (group_id, timestamp) DO UPDATE SET occurrences = least(m.occurrences + EXCLUDED.occurrences, %(most)s)

-- name: places
-- The versions and endpoints that hours of groups have.
SELECT h.group_id, extract(epoch FROM h.timestamp)::bigint, h.version, h.route, h.method FROM exception_hours h
JOIN (SELECT DISTINCT id, hour FROM unnest(%(ids)s::int[], %(hours)s::bigint[]) k (id, hour)) k
  ON h.group_id = k.id AND h.timestamp = to_timestamp(k.hour)

-- name: add_hours
-- Add to hours of groups by version and endpoint, in one order for all.
INSERT INTO exception_hours AS h (group_id, timestamp, version, route, method, occurrences)
SELECT id, to_timestamp(hour), version, route, method, occurrences
FROM unnest(%(ids)s::int[], %(hours)s::bigint[], %(versions)s::text[], %(routes)s::text[], %(methods)s::text[],
            %(counts)s::bigint[]) k (id, hour, version, route, method, occurrences)
ORDER BY id, hour, version, route, method
ON CONFLICT (group_id, timestamp, version, route, method)
    DO UPDATE SET occurrences = least(h.occurrences + EXCLUDED.occurrences, %(most)s)

-- name: users
-- How many users each group has, and which of these it has, by their places.
SELECT g.id, (SELECT count(*) FROM exception_users u WHERE u.group_id = g.id)::int,
       (SELECT array_agg(k.place::int) FROM unnest(%(ids)s::int[], %(names)s::text[]) WITH ORDINALITY k (id, name, place)
        JOIN exception_users u ON u.group_id = k.id AND u.name = k.name WHERE k.id = g.id)
FROM exception_groups g WHERE g.id = ANY(%(ids)s)

-- name: add_users
-- Who met it, in one order for all.
INSERT INTO exception_users AS u (group_id, name, first_seen, last_seen, occurrences)
SELECT id, name, to_timestamp(first), to_timestamp(last), occurrences
FROM unnest(%(ids)s::int[], %(names)s::text[], %(firsts)s::float8[], %(lasts)s::float8[], %(counts)s::bigint[])
     k (id, name, first, last, occurrences)
ORDER BY id, name
ON CONFLICT (group_id, name) DO UPDATE SET first_seen = least(u.first_seen, EXCLUDED.first_seen),
    last_seen = greatest(u.last_seen, EXCLUDED.last_seen),
    occurrences = least(u.occurrences + EXCLUDED.occurrences, %(most)s)

-- name: add_samples
-- One as it came, unless its version has one from the minute before.
INSERT INTO exception_samples (group_id, timestamp, version, route, method, username, message, stack)
SELECT id, to_timestamp(at), version, route, method, username, message, stack
FROM unnest(%(ids)s::int[], %(times)s::float8[], %(versions)s::text[], %(routes)s::text[], %(methods)s::text[],
            %(users)s::text[], %(messages)s::text[], %(stacks)s::jsonb[])
     k (id, at, version, route, method, username, message, stack)
WHERE NOT EXISTS (
    SELECT FROM exception_samples s WHERE s.group_id = k.id AND s.version = k.version
       AND s.timestamp > to_timestamp(k.at) - interval '1 minute'
)

-- name: trim_samples
-- Only the newest few of each group stay.
DELETE FROM exception_samples WHERE id IN (
    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY group_id ORDER BY timestamp DESC, id DESC) AS place
                    FROM exception_samples WHERE group_id = ANY(%(ids)s)) s WHERE place > %(most)s
)

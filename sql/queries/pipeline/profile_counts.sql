-- name: series
-- The numbers of series that are known, by their places.
SELECT k.place::int, s.id, s.seen FROM profile_series s
JOIN unnest(%(services)s::text[], %(versions)s::text[], %(routes)s::text[], %(methods)s::text[], %(runs)s::text[])
     WITH ORDINALITY k (service, version, route, method, run, place)
  ON (s.service, s.route, s.method, s.version, s.run) = (k.service, k.route, k.method, k.version, k.run)

-- name: active
-- How many series of each service came in today or yesterday.
SELECT service, count(*) FROM profile_series WHERE seen >= %s::date - 1 GROUP BY service

-- name: make_series
-- New series, in one order for all.
INSERT INTO profile_series (service, route, method, version, run, seen)
SELECT service, route, method, version, run, %(day)s
FROM unnest(%(services)s::text[], %(versions)s::text[], %(routes)s::text[], %(methods)s::text[], %(runs)s::text[])
     k (service, version, route, method, run)
ORDER BY service, route, method, version, run
ON CONFLICT (service, route, method, version, run) DO UPDATE SET seen = EXCLUDED.seen

-- name: see_series
-- Something of these series came in today.
UPDATE profile_series SET seen = %(day)s
WHERE id IN (SELECT id FROM profile_series WHERE id = ANY(%(ids)s) AND seen < %(day)s ORDER BY id FOR UPDATE)

-- name: frames
-- The numbers of functions that are known, by their places.
SELECT k.place::int, f.id, f.seen FROM profile_frames f
JOIN unnest(%(services)s::text[], %(names)s::text[]) WITH ORDINALITY k (service, name, place)
  ON (f.service, f.name) = (k.service, k.name)

-- name: frames_made
-- How many functions of each service are new today.
SELECT service, count(*) FROM profile_frames WHERE made = %s GROUP BY service

-- name: make_frames
-- New functions, in one order for all.
INSERT INTO profile_frames (service, name, own, made, seen)
SELECT service, name, own, %(day)s, %(day)s
FROM unnest(%(services)s::text[], %(names)s::text[], %(own)s::boolean[]) k (service, name, own)
ORDER BY service, name
ON CONFLICT (service, name) DO UPDATE SET seen = EXCLUDED.seen

-- name: see_frames
-- These functions came in today.
UPDATE profile_frames SET seen = %(day)s
WHERE id IN (SELECT id FROM profile_frames WHERE id = ANY(%(ids)s) AND seen < %(day)s ORDER BY id FOR UPDATE)

-- name: stacks
-- The numbers of stacks that are known, by their places.
SELECT k.place::int, s.id, s.seen FROM profile_stacks s
JOIN unnest(%(services)s::text[], %(digests)s::bytea[]) WITH ORDINALITY k (service, digest, place)
  ON (s.service, s.digest) = (k.service, k.digest)

-- name: stacks_made
-- How many stacks of each service are new today.
SELECT service, count(*) FROM profile_stacks WHERE made = %s GROUP BY service

-- name: make_stacks
-- New stacks, in one order for all; their functions as text of an array.
INSERT INTO profile_stacks (service, digest, frames, made, seen)
SELECT service, digest, frames::integer[], %(day)s, %(day)s
FROM unnest(%(services)s::text[], %(digests)s::bytea[], %(frames)s::text[]) k (service, digest, frames)
ORDER BY service, digest
ON CONFLICT (service, digest) DO UPDATE SET seen = EXCLUDED.seen

-- name: see_stacks
-- These stacks came in today.
UPDATE profile_stacks SET seen = %(day)s
WHERE id IN (SELECT id FROM profile_stacks WHERE id = ANY(%(ids)s) AND seen < %(day)s ORDER BY id FOR UPDATE)

-- name: add
-- Add to minutes of series, in one order for all. Gives back the minutes
-- whose stacks are many by now.
INSERT INTO profile_minutes AS m (timestamp, series_id, samples, stacks)
SELECT to_timestamp(minute), id, samples, stacks
FROM unnest(%(minutes)s::bigint[], %(ids)s::int[], %(samples)s::bigint[], %(stacks)s::bytea[]) k (minute, id, samples, stacks)
ORDER BY minute, id
ON CONFLICT (timestamp, series_id) DO UPDATE SET
    samples = m.samples + EXCLUDED.samples, stacks = m.stacks || EXCLUDED.stacks
RETURNING CASE WHEN octet_length(m.stacks) > %(long)s THEN timestamp END, series_id,
          CASE WHEN octet_length(m.stacks) > %(long)s THEN m.stacks END

-- name: make_compact
-- Minutes with each stack once.
UPDATE profile_minutes m SET stacks = k.stacks
FROM unnest(%(times)s::timestamptz[], %(ids)s::int[], %(stacks)s::bytea[]) k (timestamp, id, stacks)
WHERE m.timestamp = k.timestamp AND m.series_id = k.id

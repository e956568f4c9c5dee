-- name: series
-- The numbers of series that are known, by their places.
SELECT k.place::int, s.id, s.seen FROM endpoint_series s
JOIN unnest(%(services)s::text[], %(versions)s::text[], %(routes)s::text[], %(methods)s::text[], %(statuses)s::smallint[],
            %(errors)s::text[]) WITH ORDINALITY k (service, version, route, method, status, error_type, place)
  ON (s.service, s.route, s.method, s.status, s.version, s.error_type)
   = (k.service, k.route, k.method, k.status, k.version, k.error_type)

-- name: active
-- How many series of each service came in today or yesterday.
SELECT service, count(*) FROM endpoint_series WHERE seen >= %s::date - 1 GROUP BY service

-- name: make_series
-- New series, in one order for all.
INSERT INTO endpoint_series (service, route, method, status, version, error_type, seen)
SELECT service, route, method, status, version, error_type, %(day)s
FROM unnest(%(services)s::text[], %(versions)s::text[], %(routes)s::text[], %(methods)s::text[], %(statuses)s::smallint[],
            %(errors)s::text[]) k (service, version, route, method, status, error_type)
ORDER BY service, route, method, status, version, error_type
ON CONFLICT (service, route, method, status, version, error_type) DO UPDATE SET seen = EXCLUDED.seen

-- name: see_series
-- Something of these series came in today.
UPDATE endpoint_series SET seen = %(day)s
WHERE id IN (SELECT id FROM endpoint_series WHERE id = ANY(%(ids)s) AND seen < %(day)s ORDER BY id FOR UPDATE)

-- name: add
-- Add to minutes of series, in one order for all; a sum that would overflow stays at its bound. Gives back the minutes
-- whose histograms are many by now.
INSERT INTO endpoint_minutes AS m (timestamp, series_id, hits, sum_ns, min_ns, max_ns, sketch)
SELECT to_timestamp(minute), id, hits, sum_ns, min_ns, max_ns, sketch
FROM unnest(%(minutes)s::bigint[], %(ids)s::int[], %(hits)s::bigint[], %(sums)s::bigint[], %(mins)s::bigint[],
            %(maxs)s::bigint[], %(sketches)s::bytea[]) k (minute, id, hits, sum_ns, min_ns, max_ns, sketch)
ORDER BY minute, id
ON CONFLICT (timestamp, series_id) DO UPDATE SET
    hits = least(m.hits + EXCLUDED.hits, %(most)s), sum_ns = least(m.sum_ns + EXCLUDED.sum_ns, %(most)s),
    min_ns = least(m.min_ns, EXCLUDED.min_ns), max_ns = greatest(m.max_ns, EXCLUDED.max_ns),
    sketch = m.sketch || EXCLUDED.sketch
RETURNING CASE WHEN octet_length(m.sketch) > %(long)s THEN timestamp END, series_id,
          CASE WHEN octet_length(m.sketch) > %(long)s THEN m.sketch END

-- name: make_compact
-- Minutes with one histogram in place of many.
UPDATE endpoint_minutes m SET sketch = k.sketch
FROM unnest(%(times)s::timestamptz[], %(ids)s::int[], %(sketches)s::bytea[]) k (timestamp, id, sketch)
WHERE m.timestamp = k.timestamp AND m.series_id = k.id

-- name: note
-- Hours whose sums are not what their minutes say.
INSERT INTO endpoint_stale (width, start) SELECT 3600, to_timestamp(start) FROM unnest(%s::bigint[]) n (start)

-- name: series
-- The numbers of series that are known, by their places.
SELECT k.place::int, s.id, s.seen FROM query_series s
JOIN unnest(%(services)s::text[], %(kinds)s::text[], %(queries)s::text[], %(routes)s::text[], %(methods)s::text[])
     WITH ORDINALITY k (service, kind, query, route, method, place)
  ON (s.query, s.route, s.service, s.kind, s.method) = (k.query, k.route, k.service, k.kind, k.method)

-- name: active
-- How many series of each service came in today or yesterday.
SELECT service, count(*) FROM query_series WHERE seen >= %s::date - 1 GROUP BY service

-- name: make_series
-- New series, in one order for all.
INSERT INTO query_series (service, kind, query, route, method, seen)
SELECT service, kind, query, route, method, %(day)s
FROM unnest(%(services)s::text[], %(kinds)s::text[], %(queries)s::text[], %(routes)s::text[], %(methods)s::text[])
     k (service, kind, query, route, method)
ORDER BY query, route, service, kind, method
ON CONFLICT (query, route, service, kind, method) DO UPDATE SET seen = EXCLUDED.seen

-- name: see_series
-- Something of these series came in today.
UPDATE query_series SET seen = %(day)s
WHERE id IN (SELECT id FROM query_series WHERE id = ANY(%(ids)s) AND seen < %(day)s ORDER BY id FOR UPDATE)

-- name: add
-- Add to minutes of series, in one order for all; a sum that would overflow stays at its bound. Gives back the minutes
-- whose histograms are many by now.
INSERT INTO query_minutes AS m (timestamp, series_id, hits, rows, errors, sum_ns, min_ns, max_ns, sketch)
SELECT to_timestamp(minute), id, hits, rows, errors, sum_ns, min_ns, max_ns, sketch
FROM unnest(%(minutes)s::bigint[], %(ids)s::int[], %(hits)s::bigint[], %(rows)s::bigint[], %(errors)s::bigint[],
            %(sums)s::bigint[], %(mins)s::bigint[], %(maxs)s::bigint[], %(sketches)s::bytea[])
     k (minute, id, hits, rows, errors, sum_ns, min_ns, max_ns, sketch)
ORDER BY minute, id
ON CONFLICT (timestamp, series_id) DO UPDATE SET
    hits = least(m.hits + EXCLUDED.hits, %(most)s), rows = least(m.rows + EXCLUDED.rows, %(most)s),
    errors = least(m.errors + EXCLUDED.errors, %(most)s), sum_ns = least(m.sum_ns + EXCLUDED.sum_ns, %(most)s),
    min_ns = least(m.min_ns, EXCLUDED.min_ns), max_ns = greatest(m.max_ns, EXCLUDED.max_ns),
    sketch = m.sketch || EXCLUDED.sketch
RETURNING CASE WHEN octet_length(m.sketch) > %(long)s THEN timestamp END, series_id,
          CASE WHEN octet_length(m.sketch) > %(long)s THEN m.sketch END

-- name: make_compact
-- Minutes with one histogram in place of many.
UPDATE query_minutes m SET sketch = k.sketch
FROM unnest(%(times)s::timestamptz[], %(ids)s::int[], %(sketches)s::bytea[]) k (timestamp, id, sketch)
WHERE m.timestamp = k.timestamp AND m.series_id = k.id

-- name: note
-- Hours whose sums are not what their minutes say.
INSERT INTO query_stale (width, start) SELECT 3600, to_timestamp(start) FROM unnest(%s::bigint[]) n (start)

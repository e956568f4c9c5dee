-- name: known
-- Which of these requests are stored, by service and request.
SELECT o.service, o.request FROM outliers o
JOIN unnest(%(services)s::text[], %(requests)s::text[]) k (service, request)
  ON (o.service, o.request) = (k.service, k.request)

-- name: kept
-- How many each service stored on a day.
SELECT service, kept FROM outlier_days WHERE day = %(day)s

-- name: count
-- Add to what services stored and did not store on a day, in one order for all.
INSERT INTO outlier_days AS d (day, service, kept, dropped)
SELECT %(day)s, service, kept, dropped
FROM unnest(%(services)s::text[], %(kept)s::int[], %(dropped)s::int[]) k (service, kept, dropped) ORDER BY service
ON CONFLICT (day, service) DO UPDATE SET kept = d.kept + EXCLUDED.kept, dropped = d.dropped + EXCLUDED.dropped

-- name: put
-- Store outliers; of one request that is stored already, what took longer.
INSERT INTO outliers AS o (timestamp, service, request, version, route, method, status, running, duration_ns, limit_ns,
                           stacks, place, detail)
SELECT timestamp, service, request, version, route, method, status, running, duration_ns, limit_ns, stacks, place,
       detail::jsonb
FROM unnest(%(timestamps)s::timestamptz[], %(services)s::text[], %(requests)s::text[], %(versions)s::text[],
            %(routes)s::text[], %(methods)s::text[], %(statuses)s::smallint[], %(runnings)s::boolean[],
            %(durations)s::bigint[], %(limits)s::bigint[], %(stacks)s::smallint[], %(places)s::text[],
            %(details)s::text[])
     k (timestamp, service, request, version, route, method, status, running, duration_ns, limit_ns, stacks, place,
        detail)
ORDER BY service, request
ON CONFLICT (service, request) DO UPDATE SET
    status = EXCLUDED.status, running = EXCLUDED.running, duration_ns = EXCLUDED.duration_ns,
    limit_ns = EXCLUDED.limit_ns, stacks = EXCLUDED.stacks, place = EXCLUDED.place, detail = EXCLUDED.detail
WHERE o.duration_ns < EXCLUDED.duration_ns

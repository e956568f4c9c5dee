-- name: listed
-- Deploys of a span and of a service, or of all, newest first, with how many endpoints came out how.
SELECT d.id, extract(epoch FROM d.at)::float8 AS at, d.service, d.version, d.before, d.source, d.revision, d.link, d.actor,
       d.looks, extract(epoch FROM d.looked_at)::float8 AS looked_at, r.*
FROM deploys d CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE durations = 'slower') AS slower, count(*) FILTER (WHERE durations = 'faster') AS faster,
           count(*) FILTER (WHERE errors = 'more errors') AS more_errors,
           count(*) FILTER (WHERE errors = 'fewer errors') AS fewer_errors,
           count(*) FILTER (WHERE durations = 'not enough requests' AND errors = 'not enough requests') AS not_enough,
           count(*) AS endpoints
    FROM deploy_endpoints e WHERE e.deploy_id = d.id
) r
WHERE (CAST(:id AS bigint) IS NULL OR d.id = :id) AND (:service = '' OR d.service = :service)
  AND (CAST(:start AS float8) IS NULL OR d.at >= to_timestamp(:start))
  AND (CAST(:end AS float8) IS NULL OR d.at < to_timestamp(:end))
ORDER BY d.at DESC, d.id DESC LIMIT :most

-- name: endpoints
-- What some deploys did to endpoints: to all of them, or to one; what became worse first.
SELECT deploy_id, route, method, durations, errors, hits_before, hits_after, errors_before, errors_after, p50_before,
       p50_after, p95_before, p95_after, ratio, ratio_low, ratio_high, p_durations, p_errors,
       extract(epoch FROM named_at)::float8 AS named_at
FROM deploy_endpoints
WHERE deploy_id = ANY(:ids) AND (NOT :one OR (route = :route AND method = :method))
ORDER BY deploy_id DESC, durations = 'slower' OR errors = 'more errors' DESC,
         durations = 'not enough requests', hits_after DESC, route, method

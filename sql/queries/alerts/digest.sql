-- name: endpoints
-- What endpoints came to by week (0: the last one), of whole days; histograms of the last two weeks only.
SELECT s.service, s.route, s.method, d.week, sum(d.hits)::bigint AS hits,
       coalesce(sum(d.hits) FILTER (WHERE s.status >= 500 OR s.error_type <> ''), 0)::bigint AS errors,
       string_agg(CASE WHEN d.week < 2 THEN d.sketch END, '') AS sketch
FROM (
    SELECT series_id, floor(extract(epoch FROM to_timestamp(:end) - timestamp - interval '1 second') / 604800)::int AS week,
           hits, sketch
    FROM endpoint_days WHERE timestamp >= to_timestamp(:end) - :weeks * interval '7 days' AND timestamp < to_timestamp(:end)
) d JOIN endpoint_series s ON s.id = d.series_id
WHERE s.route <> :lost
GROUP BY 1, 2, 3, 4

-- name: versions
-- Versions that served first in the last week, and no day of the weeks before.
SELECT s.service, s.version, extract(epoch FROM min(d.timestamp))::float8 AS first, sum(d.hits)::bigint AS hits
FROM endpoint_days d JOIN endpoint_series s ON s.id = d.series_id
WHERE d.timestamp >= to_timestamp(:end) - :weeks * interval '7 days' AND d.timestamp < to_timestamp(:end) AND s.version <> ''
GROUP BY 1, 2 HAVING min(d.timestamp) >= to_timestamp(:end) - interval '7 days'
ORDER BY 3 DESC, 1, 2

-- name: incidents
-- Incidents that opened in a week by rule, the most first: how many, how many are open, and how long they took.
SELECT rule, max(title) AS title, max(severity)::text AS severity, count(*) AS n,
       count(*) FILTER (WHERE status <> 'resolved') AS open,
       avg(extract(epoch FROM resolved_at - began_at))::float8 AS seconds
FROM incidents
WHERE opened_at >= to_timestamp(:start) AND opened_at < to_timestamp(:end) AND kind IN ('alert', 'no_data', 'error')
GROUP BY rule ORDER BY max(severity) DESC, n DESC, rule

-- name: incident_count
-- How many incidents opened in a week.
SELECT count(*) FROM incidents
WHERE opened_at >= to_timestamp(:start) AND opened_at < to_timestamp(:end) AND kind IN ('alert', 'no_data', 'error')

-- name: regressions
-- Endpoints that were worse after a deploy of a week, the newest deploy and the greatest change first.
SELECT d.service, d.version, extract(epoch FROM d.at)::float8 AS at, e.method, e.route, e.durations, e.errors, e.ratio,
       e.p95_before, e.p95_after, e.hits_before, e.hits_after, e.errors_before, e.errors_after
FROM deploys d JOIN deploy_endpoints e ON e.deploy_id = d.id
WHERE d.at >= to_timestamp(:start) AND d.at < to_timestamp(:end)
  AND (e.durations = 'slower' OR e.errors = 'more errors')
ORDER BY d.at DESC, e.ratio DESC NULLS LAST, e.route, e.method LIMIT 100

-- name: exceptions
-- Exceptions that were seen first in a week, or came back after they were resolved; the most frequent first.
SELECT service, type, culprit, message, occurrences, first_version, reopened_at >= to_timestamp(:start) AS is_back
FROM exception_groups
WHERE (first_seen >= to_timestamp(:start) AND first_seen < to_timestamp(:end)
       OR reopened_at >= to_timestamp(:start) AND reopened_at < to_timestamp(:end)) AND state <> 'ignored'
ORDER BY occurrences DESC, id LIMIT 100

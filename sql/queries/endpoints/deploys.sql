-- name: only_one
-- Whether nobody else notes or compares deploys now.
SELECT pg_try_advisory_xact_lock(7305161)

-- name: one_service
-- Deploys of one service are noted one after another.
SELECT pg_advisory_xact_lock(7305162, hashtext(%s))

-- name: unseen
-- Versions of services that came in today or yesterday and are no deploy, with their series.
SELECT s.service, s.version, array_agg(s.id) FROM endpoint_series s
WHERE s.seen >= (to_timestamp(%(now)s) AT TIME ZONE 'UTC')::date - 1 AND s.version <> '' AND s.route <> %(lost)s
  AND NOT EXISTS (SELECT FROM deploys d WHERE d.service = s.service AND d.version = s.version)
GROUP BY s.service, s.version ORDER BY min(s.id) LIMIT %(most)s

-- name: first_minute
-- When some series came in first: of two days by the minute, before by the day.
SELECT extract(epoch FROM least(
    (SELECT min(timestamp) FROM endpoint_days WHERE series_id = ANY(%(ids)s)),
    (SELECT min(timestamp) FROM endpoint_minutes
     WHERE timestamp > to_timestamp(%(now)s) - interval '2 days' AND series_id = ANY(%(ids)s))))::bigint

-- name: around
-- The newest deploy of a service up to an instant.
SELECT id, version FROM deploys WHERE service = %(service)s AND at <= to_timestamp(%(at)s) ORDER BY at DESC, id DESC LIMIT 1

-- name: same
-- A deploy of this version that was noted for a time soon after an instant.
SELECT id FROM deploys WHERE service = %(service)s AND version = %(version)s
  AND at > to_timestamp(%(at)s) AND at <= to_timestamp(%(at)s + %(near)s)
ORDER BY at, id LIMIT 1

-- name: of_a_day
-- How many deploys of a service were noted within a day.
SELECT count(*) FROM deploys WHERE service = %(service)s AND noted_at > to_timestamp(%(now)s) - interval '1 day'

-- name: previous
-- The version that a service had before an instant; none for its first.
SELECT version FROM deploys WHERE service = %(service)s AND at < to_timestamp(%(at)s) AND version <> %(version)s
ORDER BY at DESC, id DESC LIMIT 1

-- name: insert
-- Note a deploy.
INSERT INTO deploys (at, noted_at, service, version, before, source, revision, link, actor)
VALUES (to_timestamp(%(at)s), to_timestamp(%(now)s), %(service)s, %(version)s, %(before)s, %(source)s, %(revision)s, %(link)s,
        %(actor)s)
RETURNING id

-- name: complete
-- What was announced of a deploy that is noted; what is not said stays, and so does the time of one that was compared.
UPDATE deploys SET source = 'reported', revision = coalesce(nullif(%(revision)s, ''), revision),
    link = coalesce(nullif(%(link)s, ''), link), actor = %(actor)s,
    at = CASE WHEN %(dated)s AND looks = 0 THEN to_timestamp(%(at)s) ELSE at END
WHERE id = %(id)s

-- name: due
-- Deploys of the last day with their times and how often they were compared, and when the next and the last of their
-- service were.
SELECT d.id, d.service, d.version, extract(epoch FROM d.at)::float8, d.looks,
       (SELECT extract(epoch FROM min(o.at))::float8 FROM deploys o
        WHERE o.service = d.service AND (o.at, o.id) > (d.at, d.id)),
       (SELECT extract(epoch FROM max(o.at))::float8 FROM deploys o
        WHERE o.service = d.service AND (o.at, o.id) < (d.at, d.id))
FROM deploys d WHERE d.at > to_timestamp(%(now)s) - interval '1 day' * 2 AND d.looks < %(looks)s ORDER BY d.at, d.id

-- name: has_version
-- Whether anything of this version of a service came in.
SELECT EXISTS (SELECT FROM endpoint_series WHERE service = %(service)s AND version = %(version)s)

-- name: minutes
-- Minutes of a service's endpoints in a span: whether they are of the version, whether they failed.
SELECT s.route, s.method, extract(epoch FROM m.timestamp)::bigint / 60, s.version = %(version)s,
       s.status >= 500 OR s.error_type <> '', sum(m.hits)::bigint, string_agg(m.sketch, '')
FROM endpoint_minutes m JOIN endpoint_series s ON s.id = m.series_id
WHERE m.timestamp >= to_timestamp(%(start)s) AND m.timestamp < to_timestamp(%(end)s) AND s.service = %(service)s
  AND NOT s.route = ANY(%(aside)s)
GROUP BY 1, 2, 3, 4, 5

-- name: put
-- What became of endpoints; when one was first said to be worse stays.
INSERT INTO deploy_endpoints AS e (deploy_id, route, method, durations, errors, hits_before, hits_after, errors_before,
    errors_after, p50_before, p50_after, p95_before, p95_after, ratio, ratio_low, ratio_high, p_durations, p_errors, named_at)
VALUES %s
ON CONFLICT (deploy_id, route, method) DO UPDATE SET durations = EXCLUDED.durations, errors = EXCLUDED.errors,
    hits_before = EXCLUDED.hits_before, hits_after = EXCLUDED.hits_after, errors_before = EXCLUDED.errors_before,
    errors_after = EXCLUDED.errors_after, p50_before = EXCLUDED.p50_before, p50_after = EXCLUDED.p50_after,
    p95_before = EXCLUDED.p95_before, p95_after = EXCLUDED.p95_after, ratio = EXCLUDED.ratio,
    ratio_low = EXCLUDED.ratio_low, ratio_high = EXCLUDED.ratio_high, p_durations = EXCLUDED.p_durations,
    p_errors = EXCLUDED.p_errors, named_at = coalesce(e.named_at, EXCLUDED.named_at)

-- name: looked
-- How often a deploy was compared.
UPDATE deploys SET looks = %(looks)s, looked_at = to_timestamp(%(now)s) WHERE id = %(id)s

-- name: drop
-- Retention of deploys and of starts with another configuration; the newest of each stays.
WITH old AS (
    DELETE FROM config_starts s WHERE at < now() - %(days)s * interval '1 day'
      AND EXISTS (SELECT FROM config_starts n WHERE n.process = s.process AND n.id > s.id)
)
DELETE FROM deploys WHERE at < now() - %(days)s * interval '1 day'

-- name: newest_start
-- The configuration that a process started with last.
SELECT hash, files FROM config_starts WHERE process = %s ORDER BY id DESC LIMIT 1

-- name: started
-- A process started with another configuration.
INSERT INTO config_starts (at, process, hash, files, changed)
VALUES (to_timestamp(%(now)s), %(process)s, %(hash)s, %(files)s::jsonb, %(changed)s)

-- name: one_start
-- Starts of a process are noted one after another.
SELECT pg_advisory_xact_lock(7305163, hashtext(%s))

-- name: set_aside
-- Keep what could not be stored, with the reason.
INSERT INTO set_aside (payload, reason) VALUES (%s, %s)

-- name: busy_ips
-- IPs over a number of requests in a span of time, at the platform's services: all, those of our own processes, who
-- reported the others. Our services count by themselves, and know which requests count (core.web.admission).
SELECT host(ip), count(*), count(*) FILTER (WHERE reported_by IS NULL),
       coalesce(array_agg(DISTINCT reported_by) FILTER (WHERE reported_by IS NOT NULL), '{}')
FROM api_requests
WHERE timestamp > to_timestamp(%s) AND timestamp <= to_timestamp(%s)
  AND service <> ALL ('{api,scoring,console}')
GROUP BY ip HAVING count(*) > %s

-- name: block
-- Block an IP unless it is blocked; gives a row back when this call blocked it.
WITH locked AS (SELECT pg_advisory_xact_lock(7305004, hashtext(%(ip)s)) AS done)
INSERT INTO ip_blocks (ip, since, until, reason, reported)
SELECT %(ip)s::inet, %(since)s, %(until)s, %(reason)s, %(reported)s FROM locked
WHERE NOT EXISTS (SELECT 1 FROM ip_blocks WHERE ip = %(ip)s::inet AND until > %(since)s AND (%(reported)s OR NOT reported))
ON CONFLICT (ip, since) DO UPDATE SET reported = false, until = greatest(ip_blocks.until, EXCLUDED.until), reason = EXCLUDED.reason
RETURNING ip

-- name: is_blocked
-- A row when an address is blocked now, by whatever.
SELECT 1 FROM ip_blocks WHERE ip = CAST(:ip AS inet) AND until > :now LIMIT 1

-- name: running_blocks
-- Blocks that have not ended and that our own door honours.
SELECT host(ip), extract(epoch FROM max(until))::float8 FROM ip_blocks
WHERE until > to_timestamp(%s) AND NOT reported GROUP BY ip

-- name: put_check
-- One probe's result.
INSERT INTO service_checks (timestamp, service, status, latency_ms, detail) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING

-- name: put_host
-- One sample of the host.
INSERT INTO host_samples (timestamp, cpu_percent, cores, memory_used, memory_total, disk_used, disk_total, load1)
VALUES (%(at)s, %(cpu_percent)s, %(cores)s, %(memory_used)s, %(memory_total)s, %(disk_used)s, %(disk_total)s, %(load1)s)
ON CONFLICT DO NOTHING

-- name: heartbeat
-- The newest heartbeat of a service.
SELECT extract(epoch FROM last_at)::float8, status::text, detail FROM heartbeats WHERE service = %s

-- name: newest_checks
-- The newest result of each service.
SELECT DISTINCT ON (service) service, extract(epoch FROM timestamp)::float8, status::text, latency_ms, detail
FROM service_checks WHERE timestamp > now() - interval '1 day' ORDER BY service, timestamp DESC

-- name: drop_slots
-- Retention of ten-second slots.
DELETE FROM rollups WHERE width = 10 AND slot < now() - %s * interval '1 hour'

-- name: drop_rollups
-- Retention of minutes.
DELETE FROM rollups WHERE width = 60 AND slot < now() - %s * interval '1 day'

-- name: drop_confusion
-- Retention of the confusion matrix.
DELETE FROM confusion_minutes WHERE minute < now() - %s * interval '1 day'

-- name: drop_endpoint_days
-- Retention of days of endpoints.
DELETE FROM endpoint_days WHERE timestamp < now() - %s * interval '1 day'

-- name: drop_endpoint_series
-- Series of endpoints of which nothing is kept any more.
DELETE FROM endpoint_series WHERE seen < now() - (%s + 31) * interval '1 day'

-- name: drop_profile_minutes
-- Retention of minutes of profiles.
DELETE FROM profile_minutes WHERE timestamp < now() - %s * interval '1 day'

-- name: drop_profile_hours
-- Retention of hours of profiles.
DELETE FROM profile_hours WHERE timestamp < now() - %s * interval '1 day'

-- name: drop_profile_runs
-- Retention of profiles on demand.
DELETE FROM profile_runs WHERE started_at < now() - %s * interval '1 day'

-- name: drop_profile_series
-- Series of profiles of which nothing is kept any more.
DELETE FROM profile_series WHERE seen < now() - (%s + 2) * interval '1 day'

-- name: drop_profile_stacks
-- Stacks that nothing names any more.
DELETE FROM profile_stacks WHERE seen < now() - (%s + 2) * interval '1 day'

-- name: drop_profile_frames
-- Functions that no stack names any more: one that is seen has its functions seen, too.
DELETE FROM profile_frames WHERE seen < now() - (%s + 3) * interval '1 day'
-- name: drop_exception_minutes
-- Retention of exceptions by the minute.
DELETE FROM exception_minutes WHERE timestamp < now() - %s * interval '1 hour'

-- name: drop_exception_hours
-- Retention of exceptions by the hour.
DELETE FROM exception_hours WHERE timestamp < now() - %s * interval '1 day'

-- name: drop_exception_users
-- Retention of who met an exception.
DELETE FROM exception_users WHERE last_seen < now() - %s * interval '1 day'

-- name: drop_exception_samples
-- Retention of exceptions as they came.
DELETE FROM exception_samples WHERE timestamp < now() - %s * interval '1 day'

-- name: drop_exceptions
-- Exceptions of which nothing is kept any more.
DELETE FROM exception_groups WHERE last_seen < now() - %s * interval '1 day'

-- name: make_room_for_exceptions
-- Of a service that has nearly as many groups as it may, those that were not seen for longest make room for new ones.
DELETE FROM exception_groups WHERE last_seen < now() - interval '2 days' AND id IN (
    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY service ORDER BY last_seen DESC, id DESC) AS place
                    FROM exception_groups) g WHERE place > 0.9 * %s
)
-- name: drop_outliers
-- Retention of outliers.
DELETE FROM outliers WHERE timestamp < now() - %s * interval '1 day'

-- name: drop_outlier_days
-- Retention of how many outliers services sent.
DELETE FROM outlier_days WHERE day < (now() AT TIME ZONE 'UTC')::date - %s::int

-- name: drop_process_hours
-- Retention of hours of processes.
DELETE FROM process_hours WHERE timestamp < now() - %s * interval '1 day'

-- name: drop_processes
-- Processes of which nothing is kept any more.
DELETE FROM processes WHERE seen < now() - (%s + 31) * interval '1 day'

-- name: drop_monitoring_days
-- Retention of what monitoring brought by the day.
DELETE FROM monitoring_days WHERE day < now() - %s * interval '1 day'

-- name: drop_storage_days
-- Retention of sizes by the day.
DELETE FROM storage_days WHERE day < now() - %s * interval '1 day'

-- name: drop_checks
-- Retention of probe results.
DELETE FROM service_checks WHERE timestamp < now() - %s * interval '1 day'

-- name: drop_host
-- Retention of host samples.
DELETE FROM host_samples WHERE timestamp < now() - %s * interval '1 day'

-- name: are_set_aside
-- Which of some payloads were set aside.
SELECT payload FROM set_aside WHERE payload = ANY(%s::bytea[])

-- name: drop_keys
-- Retention of idempotency keys: all that are too old, or they would come faster than they go.
DELETE FROM event_keys WHERE received_at < now() - %s * interval '1 day'

-- name: schema
-- Not null when the database has tables of ours.
SELECT to_regclass('event_keys')::text

-- name: anything
-- A row when anything is stored, anybody may log in, or a model is registered.
SELECT 1 WHERE EXISTS (SELECT FROM event_keys) OR EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM models)

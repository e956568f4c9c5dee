-- name: known
-- Processes that reported from an instant on and began before another, of one service or of all; the newest first.
SELECT id, service, version, host, pid, worker, extract(epoch FROM started)::float8 AS started,
       extract(epoch FROM seen)::float8 AS seen, ended
FROM processes
WHERE seen >= to_timestamp(:start) AND started < to_timestamp(:end) AND (:service = '' OR service = :service)
ORDER BY ended, seen DESC, id DESC LIMIT :most

-- name: count
-- How many those are, and the services of all.
SELECT service, count(*) FROM processes WHERE seen >= to_timestamp(:start) AND started < to_timestamp(:end) GROUP BY service

-- name: bins
-- What processes used by bin (its minute of the epoch), of reports.
SELECT process_id, floor(extract(epoch FROM timestamp) / (60 * :step))::int * :step AS bin, sum(seconds)::float8 AS seconds,
       sum(cpu_seconds)::float8 AS cpu, sum(memory * seconds::float8)::float8 AS memory, max(memory)::bigint AS memory_max,
       max(threads) AS threads, max(files) AS files, sum(collections)::bigint AS collections,
       sum(pause_seconds)::float8 AS pause, sum(requests)::bigint AS requests, sum(busy_seconds)::float8 AS busy,
       sum(capacity * seconds::float8)::float8 AS capacity, sum(wait_seconds)::float8 AS wait,
       max(wait_max)::float8 AS wait_max
FROM process_samples
WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) AND process_id = ANY(:ids)
GROUP BY 1, 2

-- name: bins_of_hours
-- The same, of hours.
SELECT process_id, floor(extract(epoch FROM timestamp) / (60 * :step))::int * :step AS bin, sum(seconds) AS seconds,
       sum(cpu_seconds) AS cpu, sum(memory_seconds) AS memory, max(memory_max)::bigint AS memory_max,
       max(threads) AS threads, max(files) AS files, sum(collections)::bigint AS collections, sum(pause_seconds) AS pause,
       sum(requests)::bigint AS requests, sum(busy_seconds) AS busy, sum(capacity_seconds) AS capacity,
       sum(wait_seconds) AS wait, max(wait_max)::float8 AS wait_max
FROM process_hours
WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) AND process_id = ANY(:ids)
GROUP BY 1, 2

-- name: hosts
-- Shares of machines by bin, of reports.
SELECT p.host, floor(extract(epoch FROM s.timestamp) / (60 * :step))::int * :step AS bin, avg(s.host_cpu)::float8 AS cpu,
       avg(s.host_memory)::float8 AS memory, max(s.host_disk)::float8 AS disk
FROM process_samples s JOIN processes p ON p.id = s.process_id
WHERE s.timestamp >= to_timestamp(:start) AND s.timestamp < to_timestamp(:end) AND s.host_cpu IS NOT NULL
  AND s.process_id = ANY(:ids)
GROUP BY 1, 2

-- name: hosts_of_hours
-- The same, of hours.
SELECT p.host, floor(extract(epoch FROM s.timestamp) / (60 * :step))::int * :step AS bin,
       sum(s.host_cpu_seconds) / sum(s.host_seconds) AS cpu, sum(s.host_memory_seconds) / sum(s.host_seconds) AS memory,
       sum(s.host_disk_seconds) / sum(s.host_seconds) AS disk
FROM process_hours s JOIN processes p ON p.id = s.process_id
WHERE s.timestamp >= to_timestamp(:start) AND s.timestamp < to_timestamp(:end) AND s.host_seconds > 0
  AND s.process_id = ANY(:ids)
GROUP BY 1, 2

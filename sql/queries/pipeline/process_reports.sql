-- name: known
-- The numbers of processes that are known, by their places.
SELECT k.place::int, p.id FROM processes p
JOIN unnest(%(services)s::text[], %(hosts)s::text[], %(pids)s::int[], %(starts)s::float8[])
     WITH ORDINALITY k (service, host, pid, started, place)
  ON (p.service, p.host, p.pid, p.started) = (k.service, k.host, k.pid, to_timestamp(k.started))

-- name: active
-- How many processes of each service reported today or yesterday.
SELECT service, count(*) FROM processes WHERE seen >= %s::date - 1 GROUP BY service

-- name: make
-- New processes, in one order for all.
INSERT INTO processes (service, version, host, pid, worker, started, seen, ended) VALUES %s
ON CONFLICT (service, host, pid, started) DO NOTHING

-- name: see
-- What processes reported last; one that has ended stays so.
UPDATE processes p SET seen = greatest(p.seen, k.seen), ended = p.ended OR k.ended
FROM (VALUES %s) k (id, seen, ended) WHERE p.id = k.id

-- name: add_samples
-- Reports, added up where they are of one moment and process.
INSERT INTO process_samples AS s (timestamp, process_id, seconds, cpu_seconds, memory, threads, files, collections,
    pause_seconds, requests, busy_seconds, capacity, wait_seconds, wait_max, overhead_seconds, record_seconds, records,
    fold_seconds, host_cpu, host_memory, host_disk) VALUES %s
ON CONFLICT (timestamp, process_id) DO UPDATE SET
    seconds = s.seconds + EXCLUDED.seconds, cpu_seconds = s.cpu_seconds + EXCLUDED.cpu_seconds,
    memory = s.memory + EXCLUDED.memory, threads = s.threads + EXCLUDED.threads, files = s.files + EXCLUDED.files,
    collections = s.collections + EXCLUDED.collections, pause_seconds = s.pause_seconds + EXCLUDED.pause_seconds,
    requests = s.requests + EXCLUDED.requests, busy_seconds = s.busy_seconds + EXCLUDED.busy_seconds,
    capacity = s.capacity + EXCLUDED.capacity, wait_seconds = s.wait_seconds + EXCLUDED.wait_seconds,
    wait_max = greatest(s.wait_max, EXCLUDED.wait_max),
    overhead_seconds = s.overhead_seconds + EXCLUDED.overhead_seconds,
    record_seconds = s.record_seconds + EXCLUDED.record_seconds, records = s.records + EXCLUDED.records,
    fold_seconds = s.fold_seconds + EXCLUDED.fold_seconds, host_cpu = greatest(s.host_cpu, EXCLUDED.host_cpu),
    host_memory = greatest(s.host_memory, EXCLUDED.host_memory), host_disk = greatest(s.host_disk, EXCLUDED.host_disk)

-- name: add_hours
-- Add to hours of processes.
INSERT INTO process_hours AS h (timestamp, process_id, seconds, cpu_seconds, memory_seconds, memory_max, threads, files,
    collections, pause_seconds, requests, busy_seconds, capacity_seconds, wait_seconds, wait_max, overhead_seconds,
    record_seconds, records, fold_seconds, host_seconds, host_cpu_seconds, host_memory_seconds, host_disk_seconds)
VALUES %s
ON CONFLICT (timestamp, process_id) DO UPDATE SET
    seconds = h.seconds + EXCLUDED.seconds, cpu_seconds = h.cpu_seconds + EXCLUDED.cpu_seconds,
    memory_seconds = h.memory_seconds + EXCLUDED.memory_seconds,
    memory_max = greatest(h.memory_max, EXCLUDED.memory_max), threads = greatest(h.threads, EXCLUDED.threads),
    files = greatest(h.files, EXCLUDED.files), collections = h.collections + EXCLUDED.collections,
    pause_seconds = h.pause_seconds + EXCLUDED.pause_seconds, requests = h.requests + EXCLUDED.requests,
    busy_seconds = h.busy_seconds + EXCLUDED.busy_seconds,
    capacity_seconds = h.capacity_seconds + EXCLUDED.capacity_seconds,
    wait_seconds = h.wait_seconds + EXCLUDED.wait_seconds, wait_max = greatest(h.wait_max, EXCLUDED.wait_max),
    overhead_seconds = h.overhead_seconds + EXCLUDED.overhead_seconds,
    record_seconds = h.record_seconds + EXCLUDED.record_seconds, records = h.records + EXCLUDED.records,
    fold_seconds = h.fold_seconds + EXCLUDED.fold_seconds, host_seconds = h.host_seconds + EXCLUDED.host_seconds,
    host_cpu_seconds = h.host_cpu_seconds + EXCLUDED.host_cpu_seconds,
    host_memory_seconds = h.host_memory_seconds + EXCLUDED.host_memory_seconds,
    host_disk_seconds = h.host_disk_seconds + EXCLUDED.host_disk_seconds

-- name: add_days
-- Add to what monitoring published and dropped in a day.
INSERT INTO monitoring_days AS d (day, service, is_drop, what, number, bytes) VALUES %s
ON CONFLICT (day, service, is_drop, what) DO UPDATE SET
    number = d.number + EXCLUDED.number, bytes = d.bytes + EXCLUDED.bytes

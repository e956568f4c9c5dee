-- name: bins
-- What recording cost by service and bin (its minute of the epoch), of reports.
SELECT p.service, floor(extract(epoch FROM s.timestamp) / (60 * :step))::int * :step AS bin,
       sum(s.requests)::bigint AS requests, sum(s.records)::bigint AS records, sum(s.record_seconds)::float8 AS record,
       sum(s.fold_seconds)::float8 AS fold, sum(s.overhead_seconds)::float8 AS overhead, sum(s.cpu_seconds)::float8 AS cpu
FROM process_samples s JOIN processes p ON p.id = s.process_id
WHERE s.timestamp >= to_timestamp(:start) AND s.timestamp < to_timestamp(:end) GROUP BY 1, 2

-- name: bins_of_hours
-- The same, of hours.
SELECT p.service, floor(extract(epoch FROM s.timestamp) / (60 * :step))::int * :step AS bin,
       sum(s.requests)::bigint AS requests, sum(s.records)::bigint AS records, sum(s.record_seconds) AS record,
       sum(s.fold_seconds) AS fold, sum(s.overhead_seconds) AS overhead, sum(s.cpu_seconds) AS cpu
FROM process_hours s JOIN processes p ON p.id = s.process_id
WHERE s.timestamp >= to_timestamp(:start) AND s.timestamp < to_timestamp(:end) GROUP BY 1, 2

-- name: days
-- What our processes published and dropped from a day on.
SELECT day, is_drop, what, sum(number)::bigint AS number, sum(bytes)::bigint AS bytes
FROM monitoring_days WHERE day >= :first GROUP BY 1, 2, 3 ORDER BY 3, 1

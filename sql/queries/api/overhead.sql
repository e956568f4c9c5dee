-- name: bins
-- What recording cost by service and bin (its minute of the epoch), of reports; `span`: seconds that it is of.
SELECT p.service, s.bin, max(s.seconds)::float8 AS span, sum(s.requests)::bigint AS requests,
       sum(s.records)::bigint AS records, sum(s.record)::float8 AS record, sum(s.fold)::float8 AS fold,
       sum(s.overhead)::float8 AS overhead, sum(s.cpu)::float8 AS cpu
FROM (
    SELECT process_id, floor(extract(epoch FROM timestamp) / (60 * :step))::int * :step AS bin, sum(seconds) AS seconds,
           sum(requests) AS requests, sum(records) AS records, sum(record_seconds) AS record, sum(fold_seconds) AS fold,
           sum(overhead_seconds) AS overhead, sum(cpu_seconds) AS cpu
    FROM process_samples WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) GROUP BY 1, 2
) s JOIN processes p ON p.id = s.process_id GROUP BY 1, 2

-- name: bins_of_hours
-- The same, of hours.
SELECT p.service, s.bin, max(s.seconds)::float8 AS span, sum(s.requests)::bigint AS requests,
       sum(s.records)::bigint AS records, sum(s.record)::float8 AS record, sum(s.fold)::float8 AS fold,
       sum(s.overhead)::float8 AS overhead, sum(s.cpu)::float8 AS cpu
FROM (
    SELECT process_id, floor(extract(epoch FROM timestamp) / (60 * :step))::int * :step AS bin, sum(seconds) AS seconds,
           sum(requests) AS requests, sum(records) AS records, sum(record_seconds) AS record, sum(fold_seconds) AS fold,
           sum(overhead_seconds) AS overhead, sum(cpu_seconds) AS cpu
    FROM process_hours WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) GROUP BY 1, 2
) s JOIN processes p ON p.id = s.process_id GROUP BY 1, 2

-- name: days
-- What our processes published and dropped from a day on.
SELECT day, is_drop, what, sum(number)::bigint AS number, sum(bytes)::bigint AS bytes
FROM monitoring_days WHERE day >= :first GROUP BY 1, 2, 3 ORDER BY 3, 1

-- name: series
-- The series of a filter; what is empty is any, but a run is always one, or none at all.
SELECT id, service, route, method FROM profile_series
WHERE run = :run AND (:service = '' OR service = :service) AND (:version = '' OR version = :version)
  AND (:route = '' OR (route = :route AND method = :method))

-- name: samples
-- The samples of series in a span of minutes (starts in seconds); hours that touch it count whole.
SELECT series_id, string_agg(stacks, '') FROM (
    SELECT series_id, stacks FROM profile_minutes
    WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) AND series_id = ANY(:ids)
    UNION ALL
    SELECT series_id, stacks FROM profile_hours
    WHERE timestamp > to_timestamp(:start) - interval '1 hour' AND timestamp < to_timestamp(:end)
      AND series_id = ANY(:ids)
) m GROUP BY series_id

-- name: stacks
-- The functions of stacks.
SELECT id, frames FROM profile_stacks WHERE id = ANY(:ids)

-- name: frames
-- The names of functions.
SELECT id, name, own FROM profile_frames WHERE id = ANY(:ids)

-- name: choices
-- What can be chosen: services, endpoints and versions with the newest series of each.
SELECT service, route, method, version, max(id) FROM profile_series
WHERE run = '' AND seen >= (to_timestamp(:start) AT TIME ZONE 'UTC')::date GROUP BY service, route, method, version

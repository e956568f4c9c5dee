-- name: put
-- A profile on demand begins.
INSERT INTO profile_runs (id, service, requested_by, started_at, seconds, rate)
VALUES (:id, :service, :requested_by, to_timestamp(:started_at), :seconds, :rate)

-- name: newest
-- Profiles on demand that began in a range, the newest first, of one service or of all, with what was sampled of them.
SELECT r.id, r.service, r.requested_by, extract(epoch FROM r.started_at)::float8 AS started_at, r.seconds, r.rate,
       coalesce((SELECT sum(m.samples) FROM (SELECT samples, series_id FROM profile_minutes
                                             UNION ALL SELECT samples, series_id FROM profile_hours) m
                 JOIN profile_series s ON s.id = m.series_id WHERE s.run = r.id AND s.service = r.service), 0)::bigint
           AS samples
FROM profile_runs r
WHERE (:service = '' OR r.service = :service) ORDER BY r.started_at DESC LIMIT :most

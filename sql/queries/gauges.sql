-- name: newest_slot
-- Start of the newest ten-second slot, epoch seconds; null before the first event.
SELECT extract(epoch FROM max(slot))::float8 FROM rollups WHERE width = 10

-- name: mfa_failures
-- The most wrong second factors of one account since a time; 0 when there was none.
SELECT COALESCE(max(n), 0) FROM (SELECT count(*) AS n FROM mfa_failures WHERE at > :since GROUP BY user_id) AS failed

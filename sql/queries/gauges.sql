-- name: newest_slot
-- Start of the newest ten-second slot, epoch seconds; null before the first event.
SELECT extract(epoch FROM max(slot))::float8 FROM rollups WHERE width = 10

-- name: mfa_failures
-- The most wrong second factors of one account since a time, at our console or as the platform reported them.
SELECT COALESCE(max(n), 0) FROM (
    SELECT count(*) AS n FROM mfa_failures WHERE at > :since GROUP BY user_id
    UNION ALL
    SELECT count(*) FROM security_events
    WHERE timestamp > :since AND category = 'authentication' AND action LIKE 'mfa%' AND outcome = 'failure'
      AND actor IS NOT NULL AND source <> 'gatehouse'
    GROUP BY actor
) AS failed

-- name: fresh
-- Open exceptions that were first seen or came back since an instant and came again not long ago, and the most of each
-- within one window from then on; the oldest first.
SELECT g.id, g.service, g.type, g.culprit, g.message, g.last_version, g.reopened_at IS NOT NULL, p.peak
FROM exception_groups g
CROSS JOIN LATERAL (
    SELECT max(n) AS peak FROM (
        SELECT sum(m.occurrences) OVER (ORDER BY m.timestamp RANGE BETWEEN make_interval(secs => :window) PRECEDING
                                                                     AND CURRENT ROW)::bigint AS n
        FROM exception_minutes m
        WHERE m.group_id = g.id AND m.timestamp >= date_trunc('minute', coalesce(g.reopened_at, g.first_seen))
    ) w
) p
WHERE g.last_seen >= :quiet AND coalesce(g.reopened_at, g.first_seen) >= :since AND g.state = 'open'
  AND g.fingerprint <> 'other' AND (cardinality(CAST(:services AS text[])) = 0 OR g.service = ANY(:services))
  AND NOT g.service = ANY(CAST(:not_services AS text[])) AND p.peak >= :occurrences
ORDER BY coalesce(g.reopened_at, g.first_seen), g.id LIMIT :most

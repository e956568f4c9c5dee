-- name: mark_writer
-- Events that readers follow in their storing order are being stored; readers wait for those who hold this.
SELECT pg_advisory_xact_lock_shared(7305011)

-- name: wait_for_writers
-- Returns when everybody who was storing has finished.
SELECT pg_advisory_xact_lock(7305011)

-- name: newest_security
-- The last number given to a security event, committed or not.
SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM security_events_seq

-- name: newest_requests
-- The last number given to a request, committed or not.
SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM api_requests_seq

-- name: make_cursor
-- The reader's place, made at its first look.
INSERT INTO feed_cursors (name, seq) VALUES (:name, :seq) ON CONFLICT DO NOTHING

-- name: hold_cursor
-- The reader's place, held until the transaction ends; none when another process holds it.
SELECT seq FROM feed_cursors WHERE name = :name FOR UPDATE SKIP LOCKED

-- name: move_cursor
-- The reader has come so far.
UPDATE feed_cursors SET seq = :seq, updated_at = now() WHERE name = :name

-- name: security_after
-- Security events in the order in which they were stored.
SELECT seq, timestamp, id, severity::text AS severity, text, category, action, outcome, actor, host(ip) AS ip,
       correlation_id, source, document, reported_by
FROM security_events WHERE seq > :seq AND seq <= :upto ORDER BY seq LIMIT :most

-- name: security_span
-- Security events of a span, in order of time, with those of given addresses only where addresses are given.
SELECT seq, timestamp, id, severity::text AS severity, text, category, action, outcome, actor, host(ip) AS ip,
       correlation_id, source, document, reported_by
FROM security_events
WHERE timestamp >= :start AND timestamp <= :end
  AND (CAST(:ips AS text[]) IS NULL OR ip = ANY(CAST(:ips AS inet[])))
ORDER BY timestamp, seq LIMIT :most

-- name: busy_requests
-- Addresses with new requests, and the span that these lie in.
SELECT host(ip) AS ip, min(timestamp) AS first, max(timestamp) AS last, count(*) AS n
FROM api_requests WHERE seq > :seq AND seq <= :upto GROUP BY ip

-- name: requests_of
-- Requests of an address in a span, in order of time.
SELECT timestamp, seq, method, path, status, service, user_id
FROM api_requests WHERE ip = CAST(:ip AS inet) AND timestamp >= :start AND timestamp <= :end ORDER BY timestamp, seq LIMIT :most

-- name: refuse
-- A sink would not have an event.
INSERT INTO sink_refusals (sink, event_id, reason) VALUES (:sink, :event_id, :reason) ON CONFLICT DO NOTHING

-- name: matches
-- Matches of a rule that reach into a span.
SELECT group_key, from_at, until_at FROM correlation_matches
WHERE rule = :rule AND group_key = ANY(:groups) AND until_at >= :start AND from_at <= :end

-- name: put_match
-- A match; gives a row back when it is new.
INSERT INTO correlation_matches (id, rule, group_key, from_at, until_at)
VALUES (:id, :rule, :group_key, :from_at, :until_at) ON CONFLICT DO NOTHING RETURNING id

-- name: busy_enough
-- Which of some addresses have at least so many requests in a span.
SELECT host(ip) FROM api_requests
WHERE ip = ANY(CAST(:ips AS inet[])) AND timestamp >= :start AND timestamp <= :end
GROUP BY ip HAVING count(*) >= :least

-- name: insert
-- A message to send, once for each key.
INSERT INTO outbox (key, incident_id, channel, event, notice, created_at, due_at)
VALUES (:key, :incident_id, :channel, :event, CAST(:notice AS jsonb), :at, :at)
ON CONFLICT (key) DO NOTHING

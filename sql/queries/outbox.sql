-- name: insert
-- A message to send, once for each key.
INSERT INTO outbox (key, incident_id, channel, event, notice, created_at, due_at)
VALUES (:key, :incident_id, :channel, :event, CAST(:notice AS jsonb), :at, :at)
ON CONFLICT (key) DO NOTHING

-- name: insert_test
-- A test message of a person.
INSERT INTO outbox (key, incident_id, channel, event, notice, created_at, due_at)
VALUES (:key, NULL, :channel, 'test', CAST(:notice AS jsonb), :at, :at)
RETURNING id

-- name: result
-- What became of a message.
SELECT id, channel, event, state, attempts, last_error, receipt, created_at, due_at, finished_at FROM outbox WHERE id = :id

-- name: channel
-- Whether a channel is known.
SELECT 1 FROM channel_states WHERE channel = :channel

-- name: insert
-- Messages to send, once for each key, in their order.
INSERT INTO outbox (key, incident_id, channel, event, notice, created_at, due_at, rule, urgency)
SELECT m.key, m.incident_id, m.channel, m.event, m.notice, m.at, m.due, m.notice ->> 'rule', m.urgency
FROM jsonb_to_recordset(CAST(:messages AS jsonb)) AS m
    (place integer, key text, incident_id text, channel text, event text, notice jsonb, at timestamptz, due timestamptz,
     urgency smallint)
ORDER BY m.place
ON CONFLICT (key) DO NOTHING

-- name: insert_test
-- A test message of a person.
INSERT INTO outbox (key, incident_id, channel, event, notice, created_at, due_at, rule, urgency)
VALUES (:key, NULL, :channel, 'test', CAST(:notice AS jsonb), :at, :at, 'test', :urgency)
RETURNING id

-- name: result
-- What became of a message.
SELECT id, channel, event, state, attempts, last_error, receipt, created_at, due_at, finished_at FROM outbox WHERE id = :id

-- name: channel
-- Whether a channel is known.
SELECT 1 FROM channel_states WHERE channel = :channel

-- name: waiting
-- Channels for which something may be done now.
SELECT DISTINCT channel FROM outbox WHERE state = 'pending' AND due_at <= :now
UNION
SELECT DISTINCT channel FROM outbox WHERE repeat_at <= :now

-- name: bucket
-- Lock a channel's token bucket for this transaction.
SELECT tokens, refilled_at, paused_until FROM channel_states WHERE channel = :channel FOR UPDATE

-- name: spend
-- What is left in a channel's token bucket.
UPDATE channel_states SET tokens = :tokens, refilled_at = :now WHERE channel = :channel

-- name: claim
-- The next message of a channel for this worker: the most urgent, then of the rule that was served the longest ago. One of
-- an incident waits until earlier ones to this channel are through.
WITH waiting AS (
    SELECT o.id, o.incident_id, o.due_at, COALESCE(o.urgency, 3) AS urgency, o.rule FROM outbox AS o
    WHERE o.state = 'pending' AND o.channel = :channel AND o.due_at <= :now
      AND (o.claimed_until IS NULL OR o.claimed_until < :now)
), turn AS (
    SELECT w.id, row_number() OVER (ORDER BY w.urgency, COALESCE(t.turn, 0), w.due_at, w.id) AS place
    FROM waiting AS w LEFT JOIN channel_turns AS t ON t.channel = :channel AND t.rule = COALESCE(w.rule, '')
), next AS (
    SELECT o.id FROM turn JOIN outbox AS o ON o.id = turn.id
    WHERE o.state = 'pending' AND (o.claimed_until IS NULL OR o.claimed_until < :now)
      AND (o.incident_id IS NULL OR NOT EXISTS (
          SELECT FROM outbox AS earlier
          WHERE earlier.incident_id = o.incident_id AND earlier.channel = o.channel AND earlier.id < o.id
            AND (earlier.state = 'pending' OR earlier.claimed_until >= :now)))
    ORDER BY turn.place
    LIMIT 1
    FOR UPDATE OF o SKIP LOCKED
), served AS (
    INSERT INTO channel_turns (channel, rule, turn)
    SELECT o.channel, COALESCE(o.rule, ''),
           (SELECT COALESCE(max(turn), 0) + 1 FROM channel_turns WHERE channel = :channel)
    FROM next JOIN outbox AS o ON o.id = next.id
    ON CONFLICT (channel, rule) DO UPDATE SET turn = excluded.turn
)
UPDATE outbox AS o
SET claim = o.claim + 1, attempts = o.attempts + 1, claimed_by = :worker, claimed_until = :until
FROM next WHERE o.id = next.id
RETURNING o.id, o.incident_id, o.channel, o.event, o.notice::text AS notice, o.created_at, o.attempts, o.claim, o.fallback_of

-- name: claim_repeat
-- The next message to be sent again, while its incident is open.
WITH next AS (
    SELECT o.id FROM outbox AS o JOIN incidents AS i ON i.id = o.incident_id
    WHERE o.channel = :channel AND o.repeat_at <= :now AND (o.claimed_until IS NULL OR o.claimed_until < :now)
      AND i.status <> 'resolved'
    ORDER BY o.repeat_at, o.id
    LIMIT 1
    FOR UPDATE OF o SKIP LOCKED
)
UPDATE outbox AS o SET claim = o.claim + 1, claimed_by = :worker, claimed_until = :until
FROM next WHERE o.id = next.id
RETURNING o.id, o.incident_id, o.channel, o.event, o.notice::text AS notice, o.created_at, o.attempts, o.claim, o.fallback_of

-- name: overdue
-- Messages of a channel that are too old to go on waiting: tried before, or the channel's pause outlasts them.
SELECT o.id, o.incident_id, o.channel, o.event, o.notice::text AS notice, o.created_at, o.attempts, o.claim, o.fallback_of
FROM outbox AS o JOIN channel_states AS c ON c.channel = o.channel
WHERE o.state = 'pending' AND o.channel = :channel AND o.due_at <= greatest(:now, c.paused_until)
  AND (o.claimed_until IS NULL OR o.claimed_until < :now)
  AND (o.attempts > 0 AND o.created_at < :oldest
       OR c.paused_until > greatest(o.created_at + make_interval(secs => :age), CAST(:soon AS timestamptz)))
ORDER BY o.id
LIMIT 100
FOR UPDATE OF o SKIP LOCKED

-- name: orphans
-- Messages to channels that no configuration names any more.
SELECT o.id, o.incident_id, o.channel, o.event, o.notice::text AS notice, o.created_at, o.attempts, o.claim, o.fallback_of
FROM outbox AS o
WHERE o.state = 'pending' AND NOT (o.channel = ANY (:known)) AND o.due_at <= :now
ORDER BY o.id
LIMIT 100
FOR UPDATE SKIP LOCKED

-- name: sent
-- A message was taken. A repeating one is sent again at `repeat_at`.
UPDATE outbox
SET state = 'sent', receipt = CAST(:receipt AS jsonb), finished_at = :now, claimed_until = NULL, last_error = NULL,
    repeat_at = :repeat_at
WHERE id = :id AND claim = :claim AND state = 'pending'

-- name: repeated
-- A message was sent again, or shall soon be.
UPDATE outbox SET repeat_at = :repeat_at, claimed_until = NULL WHERE id = :id AND claim = :claim

-- name: retry
-- A message is tried again later.
UPDATE outbox SET due_at = :due, last_error = :error, claimed_until = NULL
WHERE id = :id AND claim = :claim AND state = 'pending'

-- name: finish
-- A message is given up on this channel (dead), or not needed (cancelled).
UPDATE outbox SET state = :state, last_error = :error, finished_at = :now, claimed_until = NULL
WHERE id = :id AND claim = :claim AND state = 'pending'

-- name: end_repeats
-- Nothing more is sent again for an incident to this channel.
UPDATE outbox SET repeat_at = NULL
WHERE incident_id = :incident_id AND channel = :channel AND repeat_at IS NOT NULL AND id <> :id

-- name: pause
-- A channel asked to be left alone for a while; a longer pause stays, with its reason.
UPDATE channel_states SET
    paused_reason = CASE WHEN paused_until >= CAST(:until AS timestamptz) THEN paused_reason ELSE :reason END,
    paused_until = greatest(paused_until, CAST(:until AS timestamptz))
WHERE channel = :channel

-- name: bound_pauses
-- No channel is paused for longer than that, whoever wrote the pause.
UPDATE channel_states SET paused_until = :latest WHERE paused_until > :latest

-- name: resume
-- A person ends the pause of a channel; what the pause was.
UPDATE channel_states AS c SET paused_until = NULL, paused_reason = ''
FROM (SELECT channel, paused_until, paused_reason FROM channel_states WHERE channel = :channel FOR UPDATE) AS old
WHERE c.channel = old.channel AND old.paused_until > :now
RETURNING old.paused_until, old.paused_reason

-- name: retry_now
-- Messages of a channel that wait for another try are due.
UPDATE outbox SET due_at = :now WHERE channel = :channel AND state = 'pending' AND attempts > 0 AND due_at > :now

-- name: urgent
-- Critical and high alerts whose channel is paused for longer than they may wait, while its fallback channel is not.
SELECT o.id, o.incident_id, o.channel, o.event, o.notice::text AS notice, o.created_at, o.attempts, o.claim, o.fallback_of
FROM outbox AS o
JOIN channel_states AS c ON c.channel = o.channel
JOIN channel_states AS f ON f.channel = :fallback
WHERE o.state = 'pending' AND o.channel = :channel AND o.due_at <= c.paused_until
  AND (o.claimed_until IS NULL OR o.claimed_until < :now)
  AND o.fallback_of IS NULL AND o.event IN ('trigger', 'escalate') AND o.notice ->> 'severity' IN ('critical', 'high')
  AND c.paused_until > :latest AND f.configured AND (f.paused_until IS NULL OR f.paused_until <= :now)
ORDER BY o.id
LIMIT 100
FOR UPDATE OF o SKIP LOCKED

-- name: fared_well
-- A channel took a message.
UPDATE channel_states SET last_ok_at = greatest(last_ok_at, CAST(:now AS timestamptz)) WHERE channel = :channel

-- name: fared_ill
-- A channel did not take a message.
UPDATE channel_states SET last_error_at = :now, last_error = :error WHERE channel = :channel

-- name: timeline
-- What became of a message, on its incident's timeline.
INSERT INTO incident_events (incident_id, at, kind, actor, text, details)
VALUES (:incident_id, :at, 'delivery', :actor, :text, CAST(:details AS jsonb))

-- name: chain
-- The channels that were tried for a message, its own last.
WITH RECURSIVE chain AS (
    SELECT id, channel, fallback_of, 1 AS step FROM outbox WHERE id = :id
    UNION ALL
    SELECT o.id, o.channel, o.fallback_of, c.step + 1 FROM outbox AS o JOIN chain AS c ON o.id = c.fallback_of
)
SELECT channel FROM chain ORDER BY step DESC

-- name: told
-- Whether a channel was told of this event of the incident, or is about to be, since it was reopened or unacknowledged.
SELECT id FROM outbox
WHERE incident_id = :incident_id AND channel = :channel AND event = :event AND id <> :id AND state IN ('pending', 'sent')
  AND created_at >= coalesce((
      SELECT max(at) FROM incident_events AS e
      WHERE e.incident_id IN (SELECT id FROM incidents AS i WHERE i.id = :incident_id OR i.group_id = :incident_id)
        AND (e.kind = 'reopened' OR e.kind = 'unacknowledged' AND CAST(:event AS text) = 'acknowledge')), '-infinity')
  AND COALESCE(CAST(notice ->> 'more' AS integer), 0) >= :more
ORDER BY id LIMIT 1

-- name: was_spared
-- Whether a channel was to be told of an incident by escalations only, and none of them was sent.
SELECT bool_and(event = 'escalate' AND state = 'cancelled') FROM outbox
WHERE incident_id = :incident_id AND channel = :channel AND event IN ('trigger', 'escalate') AND id < :id

-- name: stood_in
-- Who was told of an incident in the end when this channel could not be.
WITH RECURSIVE chain AS (
    SELECT id, channel, state FROM outbox
    WHERE incident_id = :incident_id AND channel = :channel AND event IN ('trigger', 'escalate') AND state = 'dead'
    UNION ALL
    SELECT o.id, o.channel, o.state FROM outbox AS o JOIN chain AS c ON o.fallback_of = c.id
)
SELECT channel FROM chain WHERE state IN ('pending', 'sent') ORDER BY id DESC LIMIT 1

-- name: fall_back
-- The same message to the channel's stand-in.
INSERT INTO outbox (key, incident_id, channel, event, notice, created_at, due_at, fallback_of, rule, urgency)
SELECT 'fallback/' || o.id, o.incident_id, :channel, o.event, o.notice, :now, :now, o.id, o.rule, o.urgency FROM outbox AS o WHERE o.id = :id
ON CONFLICT (key) DO NOTHING

-- name: publish
-- A channel as the worker loaded it. A new one starts with a full bucket.
INSERT INTO channel_states AS known (channel, kind, configured, missing, fallback, tokens, refilled_at)
VALUES (:channel, :kind, :configured, :missing, :fallback, :tokens, :now)
ON CONFLICT (channel) DO UPDATE SET
    kind = excluded.kind, configured = excluded.configured, missing = excluded.missing, fallback = excluded.fallback
WHERE (known.kind, known.configured, known.missing, known.fallback)
    IS DISTINCT FROM (excluded.kind, excluded.configured, excluded.missing, excluded.fallback)

-- name: unpublish
-- Channels that the configuration does not name any more.
DELETE FROM channel_states WHERE NOT (channel = ANY (:known))

-- name: states
-- Every channel and how it fares, with what waits for it and what it lost in the last day.
SELECT c.channel, c.kind, c.configured, c.missing, c.fallback, c.paused_until, c.last_ok_at, c.last_error_at, c.last_error,
       (SELECT count(*) FROM outbox AS o WHERE o.channel = c.channel AND o.state = 'pending') AS waiting,
       (SELECT count(*) FROM outbox AS o WHERE o.channel = c.channel AND o.state = 'dead'
          AND o.finished_at > CAST(:now AS timestamptz) - interval '1 day') AS dead_today
FROM channel_states AS c ORDER BY c.channel

-- name: complete_receipt
-- A receiver reports on a message that it took before.
UPDATE outbox SET receipt = receipt || CAST(:more AS jsonb) WHERE id = :id

-- name: fallback
-- Who stands in for a channel.
SELECT fallback FROM channel_states WHERE channel = :channel

-- name: receipt
-- The state of a message that a receiver knows by its own id.
SELECT id, incident_id, channel, event, receipt ->> 'status' AS status FROM outbox
WHERE receipt ->> 'id' = :receipt_id ORDER BY id DESC LIMIT 1 FOR UPDATE

-- name: take_event
-- Note an event of a webhook; no row when it was taken before.
INSERT INTO webhook_events (source, id, received_at) VALUES (:source, :id, :now)
ON CONFLICT DO NOTHING RETURNING id

-- name: forget_events
-- Events older than anything that is still taken.
DELETE FROM webhook_events WHERE received_at < :before

-- name: link
-- A receiver's name for an incident.
INSERT INTO incident_links (source, external_id, incident_id, url)
SELECT :source, :external_id, i.id, :url FROM incidents AS i WHERE i.id = :incident_id
ON CONFLICT (source, external_id) DO UPDATE SET url = excluded.url

-- name: newest_state
-- The newest change of state at a receiver; no row when a later one was taken.
UPDATE incident_links SET state_at = :at
WHERE source = :source AND external_id = :external_id AND coalesce(state_at, '-infinity') <= CAST(:at AS timestamptz)

-- name: newest_assigned
-- The newest assignment at a receiver; no row when a later one was taken.
UPDATE incident_links SET assigned_at = :at
WHERE source = :source AND external_id = :external_id AND coalesce(assigned_at, '-infinity') <= CAST(:at AS timestamptz)

-- name: linked
-- Which incident a receiver means.
SELECT incident_id FROM incident_links WHERE source = :source AND external_id = :external_id

-- name: standing
-- The unresolved incident of a rule and series that is about an error.
SELECT id FROM incidents WHERE rule = :rule AND series = :series AND kind = 'error' AND status <> 'resolved'

-- name: all_standing
-- What the unresolved incidents of a rule about errors are about.
SELECT series FROM incidents WHERE rule = :rule AND kind = 'error' AND status <> 'resolved'

-- name: hold_faults
-- One process at a time looks whether a fault of alerting itself is known and opens its incident.
SELECT pg_advisory_xact_lock(7305091)

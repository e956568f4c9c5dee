-- Delivery of messages: repeats for receivers that forget, fail-over, what came back from receivers.

-- When a message that was sent is sent again, for a receiver that forgets (Alertmanager); ended with its incident.
ALTER TABLE outbox ADD COLUMN repeat_at timestamptz;
CREATE INDEX outbox_repeats ON outbox (channel, repeat_at) WHERE repeat_at IS NOT NULL;
CREATE INDEX outbox_fallbacks ON outbox (fallback_of) WHERE fallback_of IS NOT NULL;
-- A receiver's own id of a message, by which its status callback names it.
CREATE INDEX outbox_receipts ON outbox ((receipt ->> 'id')) WHERE receipt IS NOT NULL;

-- What a channel still lacks to work ('' when nothing), and who takes its messages when it cannot.
ALTER TABLE channel_states
    ADD COLUMN missing text NOT NULL DEFAULT '',
    ADD COLUMN fallback text NOT NULL DEFAULT '';

-- Webhook events that were taken, so that one sent again changes nothing.
CREATE TABLE webhook_events (
    source text NOT NULL,
    id text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (source, id)
);
CREATE INDEX webhook_events_received ON webhook_events (received_at);

-- What a receiver calls one of our incidents: some of its events name only that.
CREATE TABLE incident_links (
    source text NOT NULL,
    external_id text NOT NULL,
    incident_id text NOT NULL REFERENCES incidents,
    url text NOT NULL DEFAULT '',
    PRIMARY KEY (source, external_id)
);

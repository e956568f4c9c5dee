-- Who reported what (X8): the token that brought an event; NULL for our own, and for what came before.
ALTER TABLE security_events ADD COLUMN reported_by text;
ALTER TABLE api_requests ADD COLUMN reported_by text;

-- A block that follows from reported traffic: the platform may read it, our own door does not honour it.
ALTER TABLE ip_blocks ADD COLUMN reported boolean NOT NULL DEFAULT false;

-- What reports of a sender caused: blocks, locks, entries of the threat list. It bounds them by sender and hour.
CREATE TABLE reported_effects (
    at timestamptz NOT NULL,
    sender text NOT NULL,
    kind text NOT NULL,
    value text NOT NULL
);
CREATE INDEX reported_effects_at ON reported_effects (sender, kind, at);

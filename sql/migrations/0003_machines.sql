-- What machines and the record need: the audit log, tokens, a reading order of stored events, cursors and matches.

-- Append-only and chained: `hash` is the SHA-256 of the row's canonical JSON, the hash of the row before it included.
-- `before` and `after` are json, not jsonb, because the hash is over their very text.
CREATE TABLE audit_log (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    before json,
    after json,
    ip inet,
    correlation_id text,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_actor ON audit_log (actor, seq);
CREATE INDEX audit_log_target ON audit_log (target, seq);

-- The newest row, signed with a key that the database does not know: rows cut off at the end are missed.
CREATE TABLE audit_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    signature bytea NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION head_only_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> OLD.seq + 1 THEN
        RAISE EXCEPTION 'the head of the audit log only moves on by one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head FOR EACH ROW EXECUTE FUNCTION head_only_moves_on();

-- Bearer tokens of machines; only the SHA-256 of the token is kept.
CREATE TABLE api_tokens (
    id text PRIMARY KEY,
    name text NOT NULL,
    scopes text[] NOT NULL,
    hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    revoked_by text
);

-- The order in which events were stored, for readers with a cursor (event time goes back and forth).
CREATE SEQUENCE security_events_seq;
ALTER TABLE security_events ADD COLUMN seq bigint NOT NULL DEFAULT nextval('security_events_seq');
CREATE INDEX security_events_seq_index ON security_events (seq);
CREATE INDEX security_events_ip ON security_events (ip, timestamp) WHERE ip IS NOT NULL;
CREATE SEQUENCE api_requests_seq;
ALTER TABLE api_requests ADD COLUMN seq bigint NOT NULL DEFAULT nextval('api_requests_seq');
CREATE INDEX api_requests_seq_index ON api_requests USING brin (seq) WITH (pages_per_range = 16);

-- How far each reader (a sink, the correlation rules) has come.
CREATE TABLE feed_cursors (
    name text PRIMARY KEY,
    seq bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Events that a sink refused for good, for a person to look at.
CREATE TABLE sink_refusals (
    sink text NOT NULL,
    event_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL,
    PRIMARY KEY (sink, event_id)
);

-- What correlation rules found: a match takes in everything of its group until `until_at`.
CREATE TABLE correlation_matches (
    id text PRIMARY KEY,
    rule text NOT NULL,
    group_key text NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL
);
CREATE INDEX correlation_matches_group ON correlation_matches (rule, group_key, until_at);

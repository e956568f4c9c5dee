-- Actions: when a run began to act (its bounds count from there), who decided about it, and the threat list's version.

ALTER TABLE action_runs ADD COLUMN started_at timestamptz;
ALTER TABLE action_runs ADD COLUMN decided_by text;
CREATE INDEX action_runs_started ON action_runs (action, started_at) WHERE started_at IS NOT NULL;

INSERT INTO switches (name, is_on, actor) VALUES ('actions', true, 'installation') ON CONFLICT DO NOTHING;

ALTER TABLE threat_entries ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE threat_entries ADD COLUMN sightings integer NOT NULL DEFAULT 1;

-- Grows with every change of the list, so that its copies know when they are old.
CREATE TABLE threat_list (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL
);
INSERT INTO threat_list (version) VALUES (1);
CREATE FUNCTION threat_list_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE threat_list SET version = version + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER threat_entries_moved AFTER INSERT OR UPDATE OR DELETE ON threat_entries
    FOR EACH STATEMENT EXECUTE FUNCTION threat_list_moves_on();
CREATE TRIGGER threat_entries_emptied AFTER TRUNCATE ON threat_entries
    FOR EACH STATEMENT EXECUTE FUNCTION threat_list_moves_on();

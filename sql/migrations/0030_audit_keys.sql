-- Rows of the audit log are signed one by one (X10). Rows without `mac` are older, or were written by a release from
-- before; the next signed row vouches for them, because its hash is over theirs.
ALTER TABLE audit_log ADD COLUMN key_id text, ADD COLUMN mac bytea;

-- What the log says about itself: few rows, read at every evaluation of the rule `audit-log`.
CREATE INDEX audit_log_own ON audit_log (seq) WHERE action LIKE 'audit.%';

-- After rows were lost the next one goes on behind them, so that the gap stays; the head still follows the newest row.
CREATE OR REPLACE FUNCTION head_only_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT max(seq) FROM audit_log) THEN
        RAISE EXCEPTION 'the head of the audit log only moves on to its newest row';
    END IF;
    RETURN NEW;
END $$;

-- The newest check of the audit log from each place that has an anchor.
CREATE TABLE audit_checks (
    place text PRIMARY KEY,
    at timestamptz NOT NULL,
    full_at timestamptz,
    newest bigint NOT NULL,
    problems bigint NOT NULL,
    detail text NOT NULL
);

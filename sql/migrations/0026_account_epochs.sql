-- X7: what an account was let in by ends with any change of the account. Each row of `users` has an epoch; a session, a
-- half log-in and a one-time link belong to the epoch in which they were made and open nothing in another. Triggers
-- move the epoch on, so that no path can forget it: the console, the command line, the alert worker, a person at psql.
-- An epoch is a time in microseconds, never below the one before: none comes back after a roll-back or a restore.
ALTER TABLE users ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
ALTER TABLE invitations ADD COLUMN epoch bigint NOT NULL DEFAULT 0;

CREATE FUNCTION account_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.epoch IS DISTINCT FROM OLD.epoch
        OR (NEW.password_hash IS DISTINCT FROM OLD.password_hash
            -- the same password under newer hash parameters, see `users.rehash`
            AND coalesce(current_setting('gatehouse.same_password', true), '') <> 'yes')
        OR NEW.name IS DISTINCT FROM OLD.name
        OR NEW.role IS DISTINCT FROM OLD.role
        OR NEW.oidc_subject IS DISTINCT FROM OLD.oidc_subject
        OR NEW.totp_secret IS DISTINCT FROM OLD.totp_secret
        OR NEW.enrolled_at IS DISTINCT FROM OLD.enrolled_at
        OR NEW.disabled_at IS DISTINCT FROM OLD.disabled_at
        OR NEW.locked_at IS DISTINCT FROM OLD.locked_at
        OR NEW.break_glass IS DISTINCT FROM OLD.break_glass
    THEN
        NEW.epoch := greatest(OLD.epoch + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    END IF;
    RETURN NEW;
END $$;
-- The code before: reads no epoch and writes none, so nothing is refused.
CREATE TRIGGER users_move_on BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION account_moves_on();

CREATE FUNCTION account_factors_move_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE users SET epoch = epoch + 1 WHERE id = OLD.user_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE users SET epoch = epoch + 1 WHERE id = NEW.user_id;
    END IF;
    RETURN NULL;
END $$;
-- The code before: reads no epoch, so nothing is refused.
CREATE TRIGGER passkeys_move_on AFTER INSERT OR DELETE OR UPDATE OF user_id, credential, public_key ON passkeys
    FOR EACH ROW EXECUTE FUNCTION account_factors_move_on();
-- The code before: reads no epoch, so nothing is refused.
CREATE TRIGGER recovery_codes_move_on AFTER INSERT OR DELETE OR UPDATE OF user_id, slot, hash ON recovery_codes
    FOR EACH ROW EXECUTE FUNCTION account_factors_move_on();

CREATE FUNCTION invitation_of_today() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT users.epoch INTO NEW.epoch FROM users WHERE users.id = NEW.user_id;
    RETURN NEW;
END $$;
-- The code before: leaves the epoch out, and this fills it in, so nothing is refused.
CREATE TRIGGER invitations_of_today BEFORE INSERT ON invitations
    FOR EACH ROW EXECUTE FUNCTION invitation_of_today();

-- The sessions that are good: Redis holds what they are, this says that they are. A session keeps its id when its
-- cookie changes, so whoever ends it ends it under any cookie. Nothing here opens a session by itself.
CREATE TABLE console_sessions (
    id text PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    epoch bigint NOT NULL,
    -- SHA-256 of the secret in the cookie of now
    digest text NOT NULL,
    started_at timestamptz NOT NULL
);
CREATE INDEX console_sessions_user ON console_sessions (user_id);

-- The administrators besides this user who can come in: with a password or through the provider, open, and not locked
-- (the emergency entrance lets a locked break-glass administrator in).
CREATE FUNCTION other_administrators(besides integer) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT count(*) FROM users
    WHERE id <> besides AND role = 'admin' AND disabled_at IS NULL AND (locked_at IS NULL OR break_glass)
        AND (password_hash IS NOT NULL OR oidc_subject IS NOT NULL)
$$;

-- One at a time: two administrators who demote each other at once must not both be right.
CREATE FUNCTION last_administrator_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7305060);
    IF other_administrators(OLD.id) = 0 THEN
        RAISE EXCEPTION '% is the last administrator', OLD.name
            USING ERRCODE = 'check_violation', CONSTRAINT = 'last_administrator';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
-- The code before: asks itself whether it is the last one, and only in the race between two is it refused now.
CREATE TRIGGER users_last_administrator BEFORE UPDATE OF role, disabled_at ON users FOR EACH ROW
    WHEN (OLD.role = 'admin' AND OLD.disabled_at IS NULL AND (OLD.password_hash IS NOT NULL OR OLD.oidc_subject IS NOT NULL)
        AND (NEW.role <> 'admin' OR NEW.disabled_at IS NOT NULL))
    EXECUTE FUNCTION last_administrator_stays();
-- The code before: deletes no user.
CREATE TRIGGER users_last_administrator_kept BEFORE DELETE ON users FOR EACH ROW
    WHEN (OLD.role = 'admin' AND OLD.disabled_at IS NULL AND (OLD.password_hash IS NOT NULL OR OLD.oidc_subject IS NOT NULL))
    EXECUTE FUNCTION last_administrator_stays();

-- Who may log in, by what, and what they failed at. Sessions are not here: they live in Redis.

CREATE TABLE users (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name = lower(name) AND name <> ''),
    email text NOT NULL DEFAULT '',
    role text NOT NULL CHECK (role IN ('viewer', 'analyst', 'operator', 'admin')),
    -- argon2id; null for someone who only comes through the identity provider, or has not taken the invitation yet
    password_hash text,
    -- the hash that the environment named last: a newer one there replaces the password once
    seed_hash text,
    -- the provider's issuer and subject
    oidc_subject text UNIQUE,
    -- sealed with a key derived from GATEHOUSE_SECRET_KEY
    totp_secret bytea,
    -- the newest 30-second step of which a code was accepted; no older one is accepted again
    totp_step bigint NOT NULL DEFAULT 0,
    passkey_handle bytea NOT NULL UNIQUE,
    enrolled_at timestamptz,
    disabled_at timestamptz,
    locked_at timestamptz,
    locked_reason text NOT NULL DEFAULT '',
    -- gets in by a recovery code although the account is locked
    break_glass boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    password_at timestamptz,
    login_at timestamptz
);

CREATE TABLE recovery_codes (
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    slot smallint NOT NULL,
    hash text NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (user_id, slot)
);

CREATE TABLE passkeys (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    credential bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- Browsers from which somebody logged in all the way, by digest of their cookie.
CREATE TABLE known_devices (
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    digest text NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, digest)
);

-- Second factors that were judged wrong (A4). Counted under a lock of the user's row.
CREATE TABLE mfa_failures (
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    at timestamptz NOT NULL,
    ip inet
);
CREATE INDEX mfa_failures_user_at ON mfa_failures (user_id, at);

-- One-time links with which somebody sets a password.
CREATE TABLE invitations (
    digest text PRIMARY KEY,
    user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX invitations_user ON invitations (user_id);

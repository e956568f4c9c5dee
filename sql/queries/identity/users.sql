-- name: by_name
-- The user of a name as it was typed (lower case), else of its one spelling.
SELECT * FROM users WHERE name IN (:typed, :name) ORDER BY name = :typed DESC LIMIT 1

-- name: names
-- What everybody is called.
SELECT name FROM users

-- name: by_id
-- The user of an id.
SELECT * FROM users WHERE id = :id

-- name: by_id_locked
-- The user of an id, whom no other transaction judges or changes until this one ends.
SELECT * FROM users WHERE id = :id FOR UPDATE

-- name: by_subject
-- The user whom the identity provider knows under this subject.
SELECT * FROM users WHERE oidc_subject = :subject

-- name: listing
-- Everybody, with how many passkeys and recovery codes they have left.
SELECT users.*,
       (SELECT count(*) FROM passkeys WHERE passkeys.user_id = users.id) AS passkey_count,
       (SELECT count(*) FROM recovery_codes r WHERE r.user_id = users.id AND r.used_at IS NULL) AS codes_left,
       EXISTS (SELECT 1 FROM invitations i
               WHERE i.user_id = users.id AND i.epoch = users.epoch AND i.used_at IS NULL AND i.expires_at > now()) AS invited
FROM users ORDER BY name

-- name: insert
-- A new user; no row when the name is taken.
INSERT INTO users (name, email, role, password_hash, seed_hash, oidc_subject, passkey_handle, break_glass, password_at)
VALUES (:name, :email, :role, :password_hash, :seed_hash, :oidc_subject, :passkey_handle, :break_glass,
        CASE WHEN CAST(:password_hash AS text) IS NULL THEN NULL ELSE now() END)
ON CONFLICT DO NOTHING RETURNING *

-- name: reseed
-- A password that the environment names anew replaces the old one and ends a lock.
UPDATE users SET password_hash = :hash, seed_hash = :hash, password_at = now(), locked_at = NULL, locked_reason = ''
WHERE id = :id AND seed_hash IS DISTINCT FROM :hash RETURNING *

-- name: set_role
-- Another role.
UPDATE users SET role = :role WHERE id = :id

-- name: set_password
-- Another password.
UPDATE users SET password_hash = :hash, password_at = now() WHERE id = :id

-- name: same_password
-- Says to the trigger of `users` that the hash of this transaction stands for the same password.
SELECT set_config('gatehouse.same_password', 'yes', true)

-- name: rehash
-- The same password under newer hash parameters.
UPDATE users SET password_hash = :hash WHERE id = :id AND password_hash = :old

-- name: end_epoch
-- Whatever was let in until now is let in no more; the trigger says what the epoch becomes.
UPDATE users SET epoch = epoch + 1 WHERE id = :id

-- name: set_disabled
-- Closed at a time, or open again.
UPDATE users SET disabled_at = :at WHERE id = :id

-- name: set_locked
-- Locked at a time for a reason, or open again.
UPDATE users SET locked_at = :at, locked_reason = :reason WHERE id = :id

-- name: enrol
-- The authenticator that this user's codes come from.
UPDATE users SET totp_secret = :secret, totp_step = :step, enrolled_at = :at WHERE id = :id

-- name: forget_factors
-- No authenticator any more: the next login enrols anew.
UPDATE users SET totp_secret = NULL, totp_step = 0, enrolled_at = NULL WHERE id = :id

-- name: use_step
-- Accept a step once: no row when it, or a later one, was accepted before.
UPDATE users SET totp_step = :step WHERE id = :id AND totp_step < :step RETURNING id

-- name: note_login
-- When somebody came in last.
UPDATE users SET login_at = :at WHERE id = :id

-- name: administering
-- One at a time; the trigger that keeps the last administrator takes the same lock.
SELECT pg_advisory_xact_lock(7305060)

-- name: other_admins
-- How many administrators besides this user can come in.
SELECT other_administrators(CAST(:id AS integer))

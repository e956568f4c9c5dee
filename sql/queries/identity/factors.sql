-- name: failures
-- Wrong second factors since a time.
SELECT count(*) FROM mfa_failures WHERE user_id = :id AND at > :since

-- name: fail
-- One more wrong second factor.
INSERT INTO mfa_failures (user_id, at, ip) VALUES (:id, :at, CAST(:ip AS inet))

-- name: forget_failures
-- After a right one, and when an administrator unlocks.
DELETE FROM mfa_failures WHERE user_id = :id

-- name: codes
-- The recovery codes of a user that are left.
SELECT slot, hash FROM recovery_codes WHERE user_id = :id AND used_at IS NULL

-- name: used_code
-- A recovery code that was used.
SELECT hash FROM recovery_codes WHERE user_id = :id AND slot = :slot AND used_at IS NOT NULL

-- name: use_code
-- A recovery code is used once.
UPDATE recovery_codes SET used_at = :at WHERE user_id = :id AND slot = :slot AND used_at IS NULL RETURNING slot

-- name: drop_codes
-- New codes make the old ones worthless.
DELETE FROM recovery_codes WHERE user_id = :id

-- name: add_code
-- One recovery code.
INSERT INTO recovery_codes (user_id, slot, hash) VALUES (:id, :slot, :hash)

-- name: passkeys
-- The passkeys of a user.
SELECT * FROM passkeys WHERE user_id = :id ORDER BY id

-- name: add_passkey
-- One more passkey; no row when the credential is known already.
INSERT INTO passkeys (user_id, credential, public_key, sign_count, name)
VALUES (:id, :credential, :public_key, :sign_count, :name) ON CONFLICT DO NOTHING RETURNING id

-- name: use_passkey
-- The passkey was used; its counter only grows, unless it has none.
UPDATE passkeys SET sign_count = :sign_count, used_at = :at WHERE id = :id

-- name: drop_passkey
-- One passkey less.
DELETE FROM passkeys WHERE user_id = :id AND id = :passkey RETURNING name

-- name: drop_passkeys
-- No passkeys any more.
DELETE FROM passkeys WHERE user_id = :id

-- name: knows_device
-- Whether a user came in from this browser before.
SELECT 1 FROM known_devices WHERE user_id = :id AND digest = :digest

-- name: know_device
-- A browser from which a user came in.
INSERT INTO known_devices (user_id, digest, first_at, last_at) VALUES (:id, :digest, :at, :at)
ON CONFLICT (user_id, digest) DO UPDATE SET last_at = excluded.last_at

-- name: forget_devices
-- No browser is known any more.
DELETE FROM known_devices WHERE user_id = :id

-- name: invite
-- A one-time link.
INSERT INTO invitations (digest, user_id, expires_at) VALUES (:digest, :id, :expires_at)

-- name: withdraw
-- Earlier links of a user lead nowhere.
DELETE FROM invitations WHERE user_id = :id AND used_at IS NULL

-- name: invited
-- Whom a link that is still good belongs to: made in the epoch of now.
SELECT i.user_id FROM invitations i JOIN users ON users.id = i.user_id AND users.epoch = i.epoch
WHERE i.digest = :digest AND i.used_at IS NULL AND i.expires_at > :now FOR UPDATE OF i

-- name: use_invitation
-- A link is good once.
UPDATE invitations SET used_at = :now WHERE digest = :digest

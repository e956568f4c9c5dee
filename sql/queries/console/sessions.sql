-- name: add
-- A session of somebody who may come in now, in the epoch of now; no row when the account is closed.
INSERT INTO console_sessions (id, user_id, epoch, digest, started_at)
SELECT :id, users.id, users.epoch, :digest, :at FROM users WHERE users.id = :user_id AND users.disabled_at IS NULL
RETURNING epoch

-- name: sweep
-- What no cookie of this user opens any more.
DELETE FROM console_sessions AS s USING users
WHERE s.user_id = :user_id AND users.id = s.user_id AND (s.epoch <> users.epoch OR s.started_at < :oldest)

-- name: standing
-- The role of a session that is good: known under this cookie, in the epoch of its account.
SELECT users.role FROM console_sessions s JOIN users ON users.id = s.user_id AND users.epoch = s.epoch
WHERE s.id = %(id)s AND s.user_id = %(user_id)s AND s.digest = %(digest)s AND users.disabled_at IS NULL

-- name: hold
-- The same; nobody ends it before this transaction does.
SELECT users.role FROM console_sessions s JOIN users ON users.id = s.user_id AND users.epoch = s.epoch
WHERE s.id = :id AND s.user_id = :user_id AND s.digest = :digest AND users.disabled_at IS NULL
FOR UPDATE OF s

-- name: move
-- The same session under another cookie; no row when it ended meanwhile.
UPDATE console_sessions AS s SET digest = :digest FROM users
WHERE s.id = :id AND s.user_id = :user_id AND s.digest = :old
    AND users.id = s.user_id AND users.epoch = s.epoch AND users.disabled_at IS NULL
RETURNING s.epoch

-- name: carry
-- A session that this transaction holds goes on, under another cookie, in the epoch that the transaction itself made.
UPDATE console_sessions AS s SET digest = :digest, epoch = users.epoch FROM users
WHERE s.id = :id AND s.user_id = :user_id AND s.digest = :old AND s.epoch = :epoch
    AND users.id = s.user_id AND users.disabled_at IS NULL
RETURNING s.epoch

-- name: good
-- The sessions of a user that are good.
SELECT s.id FROM console_sessions s JOIN users ON users.id = s.user_id AND users.epoch = s.epoch
WHERE s.user_id = :user_id AND users.disabled_at IS NULL

-- name: drop
-- One session is over.
DELETE FROM console_sessions WHERE id = :id AND user_id = :user_id

-- name: drop_by_cookie
-- The session of a cookie is over.
DELETE FROM console_sessions WHERE id = :id AND user_id = :user_id AND digest = :digest

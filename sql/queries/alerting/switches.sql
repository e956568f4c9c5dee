-- name: held
-- A switch as it is, which nobody throws until the transaction ends.
SELECT is_on, actor, reason, at FROM switches WHERE name = :name FOR SHARE

-- name: get
-- A switch as it is.
SELECT is_on, actor, reason, at FROM switches WHERE name = :name

-- name: get_locked
-- A switch about to be thrown.
SELECT is_on, actor, reason, at FROM switches WHERE name = :name FOR UPDATE

-- name: throw
-- Throw a switch.
INSERT INTO switches (name, is_on, actor, reason, at) VALUES (:name, :is_on, :actor, :reason, :at)
ON CONFLICT (name) DO UPDATE SET is_on = excluded.is_on, actor = excluded.actor, reason = excluded.reason, at = excluded.at

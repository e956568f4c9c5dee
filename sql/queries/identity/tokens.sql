-- name: insert
-- A new token.
INSERT INTO api_tokens (id, name, scopes, hash, created_by, expires_at, services)
VALUES (:id, :name, :scopes, :hash, :created_by, :expires_at, :services)

-- name: listed
-- Every token, newest first; never its hash.
SELECT id, name, scopes, created_at, created_by, expires_at, last_used_at, revoked_at, revoked_by, services
FROM api_tokens ORDER BY created_at DESC, id

-- name: revoke
-- End a token; gives it back unless it had ended before.
UPDATE api_tokens SET revoked_at = now(), revoked_by = :actor WHERE id = :id AND revoked_at IS NULL
RETURNING id, name, scopes, created_at, created_by, expires_at, last_used_at, revoked_at, revoked_by, services

-- name: active
-- The tokens that open something now.
SELECT hash, id, name, scopes, extract(epoch FROM expires_at)::float8 AS expires, services
FROM api_tokens WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())

-- name: touch
-- Note that tokens were used, at most once a minute.
UPDATE api_tokens SET last_used_at = now()
WHERE id = ANY(:ids) AND (last_used_at IS NULL OR last_used_at < now() - interval '55 seconds')

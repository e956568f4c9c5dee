-- name: drop_expired
-- Let go of files that nobody decided on in time.
DELETE FROM label_files WHERE expires_at <= now()

-- name: keep
-- Keep a person's file; the one before is let go.
INSERT INTO label_files (user_name, token, name, options, body, expires_at)
VALUES (:user, :token, :name, CAST(:options AS jsonb), :body, now() + make_interval(secs => :seconds))
ON CONFLICT (user_name) DO UPDATE SET token = EXCLUDED.token, name = EXCLUDED.name, options = EXCLUDED.options,
    body = EXCLUDED.body, expires_at = EXCLUDED.expires_at

-- name: one
-- A person's file of that token.
SELECT name, options, body FROM label_files WHERE user_name = :user AND token = :token AND expires_at > now()

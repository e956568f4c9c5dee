-- name: in_force
-- Silences that mute at an instant.
SELECT id, rule, series, severity::text AS severity, owner, reason, starts_at, ends_at
FROM silences WHERE starts_at <= :at AND ends_at > :at ORDER BY id

-- name: behind
-- Seconds since the newest commit that this replica has replayed; NULL on a primary. Our collector commits every few
-- seconds, so this is how far it is behind, also when it has lost its primary and does not know.
SELECT CASE WHEN pg_is_in_recovery() THEN extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8 END

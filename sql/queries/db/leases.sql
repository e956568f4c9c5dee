-- name: take
-- Take or renew a duty: by its holder, or by anybody once it has run out; a new holder gets a new token.
INSERT INTO leases AS held (name, holder, token, until)
VALUES (:name, :holder, 1, clock_timestamp() + make_interval(secs => :seconds))
ON CONFLICT (name) DO UPDATE SET
    holder = excluded.holder,
    token = held.token + CASE WHEN held.holder = excluded.holder THEN 0 ELSE 1 END,
    until = excluded.until
WHERE held.holder = excluded.holder OR held.until < clock_timestamp()
RETURNING token

-- name: do_not_linger
-- End this session when it is idle in this transaction for so long, and a statement that waits for a lock, or works, for longer.
SELECT set_config('idle_in_transaction_session_timeout', :limit, true), set_config('lock_timeout', :limit, true),
       set_config('statement_timeout', :longest, true)

-- name: hold
-- Lock a duty for this transaction, while the token is still the newest.
SELECT 1 FROM leases WHERE name = :name AND holder = :holder AND token = :token FOR UPDATE

-- name: give_up
-- Let somebody else have the duty at once.
UPDATE leases SET until = clock_timestamp() WHERE name = :name AND holder = :holder AND token = :token

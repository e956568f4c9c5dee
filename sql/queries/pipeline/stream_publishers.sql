-- name: put
-- A process lives and publishes to these shards.
INSERT INTO stream_publishers (publisher, shard, life, seen_at) VALUES %s
ON CONFLICT (publisher, shard) DO UPDATE SET life = EXCLUDED.life, seen_at = EXCLUDED.seen_at

-- name: end
-- A process ended in order.
DELETE FROM stream_publishers WHERE publisher = %s

-- name: dead
-- Whoever was seen last before a moment, and never ended in order.
SELECT publisher, shard, life, extract(epoch FROM seen_at)::float8 FROM stream_publishers
WHERE seen_at < to_timestamp(%s) ORDER BY publisher, shard

-- name: settle
-- What a dead process left in a shard is dealt with.
DELETE FROM stream_publishers WHERE publisher = %s AND shard = %s

-- name: note
-- What waits now of a publisher's entries in a shard.
INSERT INTO stream_waiting (publisher, shard, entries, first_ms, last_ms, keys, noted_at)
VALUES (%s, %s, %s, %s, %s, %s, to_timestamp(%s))
ON CONFLICT (publisher, shard) DO UPDATE
SET entries = EXCLUDED.entries, first_ms = EXCLUDED.first_ms, last_ms = EXCLUDED.last_ms, keys = EXCLUDED.keys,
    noted_at = EXCLUDED.noted_at

-- name: forget
-- Nothing of it waits any more.
DELETE FROM stream_waiting WHERE publisher = %s AND shard = %s

-- name: forsaken
-- What was noted last before a moment: who lives notes anew every few seconds, and is seen.
SELECT publisher, shard, entries, first_ms, last_ms, keys FROM stream_waiting w
WHERE noted_at < to_timestamp(%(before)s)
  AND NOT EXISTS (SELECT FROM stream_publishers p
                  WHERE p.publisher = w.publisher AND p.shard = w.shard AND p.seen_at >= to_timestamp(%(before)s))
ORDER BY publisher, shard

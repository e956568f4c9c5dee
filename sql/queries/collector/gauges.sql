-- name: newest_slot
-- Start of the newest ten-second slot, epoch seconds; null before the first event.
SELECT extract(epoch FROM max(slot))::float8 FROM rollups WHERE width = 10

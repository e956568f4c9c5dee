-- name: changed
-- Sources of which something changed since they were judged.
SELECT DISTINCT source FROM status_changes

-- name: take_changes
-- Take the minutes of a source that changed since they were judged.
DELETE FROM status_changes WHERE source = :source RETURNING minute, extract(epoch FROM received_at)::float8

-- name: sources
-- What is known of every source.
SELECT source, first, newest, extract(epoch FROM received_at)::float8, judged, late, problem, tests FROM status_sources
ORDER BY source

-- name: is_judging
-- Whether a process holds the duty of judging.
SELECT EXISTS (SELECT 1 FROM leases WHERE name = :duty AND until > clock_timestamp())

-- name: put_source
-- What is known of a source now.
INSERT INTO status_sources (source, first, newest, received_at, judged, late, problem, tests)
VALUES (:source, :first, :newest, to_timestamp(:received_at), :judged, :late, :problem, :tests)
ON CONFLICT (source) DO UPDATE SET first = excluded.first, newest = excluded.newest,
    received_at = excluded.received_at, judged = excluded.judged, late = excluded.late, problem = excluded.problem,
    tests = excluded.tests

-- name: statuses
-- Counts by minute and status.
SELECT floor(extract(epoch FROM timestamp) / 60)::int, status, sum(count)::float8 FROM status_counts
WHERE source = :source AND timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) AND status <> ''
GROUP BY 1, 2

-- name: codes
-- Counts by minute and code.
SELECT floor(extract(epoch FROM timestamp) / 60)::int, auth_code, sum(count)::float8 FROM status_counts
WHERE source = :source AND timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) AND auth_code <> ''
GROUP BY 1, 2

-- name: decisions
-- Our own predictions by minute: approved, review, blocked.
SELECT extract(epoch FROM slot)::bigint / 60, approved, review, blocked FROM rollups
WHERE width = 60 AND slot >= to_timestamp(:start) AND slot < to_timestamp(:end) AND predictions > 0

-- name: sales
-- Our own transactions by minute: purchases, transfers.
SELECT extract(epoch FROM slot)::bigint / 60, purchases, transactions - purchases FROM rollups
WHERE width = 60 AND slot >= to_timestamp(:start) AND slot < to_timestamp(:end) AND transactions > 0

-- name: checkpoint
-- The newest state before a minute.
SELECT minute, state FROM status_checkpoints WHERE source = :source AND minute < :before ORDER BY minute DESC LIMIT 1

-- name: newest_state
-- The newest state of a source.
SELECT minute, state FROM status_checkpoints WHERE source = :source ORDER BY minute DESC LIMIT 1

-- name: drop_checkpoints
-- States that are judged anew.
DELETE FROM status_checkpoints WHERE source = :source AND minute > :after

-- name: put_checkpoint
-- Keep a state.
INSERT INTO status_checkpoints (source, minute, state) VALUES (:source, :minute, :state)
ON CONFLICT (source, minute) DO UPDATE SET state = excluded.state

-- name: thin_checkpoints
-- Keep a state a quarter of an hour of the last three hours, one of six hours of two days, one a day of forty days.
DELETE FROM status_checkpoints WHERE source = :source AND minute < :judged AND NOT (
    minute >= :judged - 180 AND minute % 15 = 0 OR minute >= :judged - 2880 AND minute % 360 = 0
    OR minute >= :judged - 57600 AND minute % 1440 = 0)

-- name: episodes_after
-- The episodes of a source that reach beyond a minute, or did until just before; up to another.
SELECT id, onset, fired, ended, told FROM status_episodes
WHERE source = :source AND fired <= :until AND (told IS NULL OR told > :after - 15)
ORDER BY fired

-- name: spans
-- Onset and end of episodes that ended since a minute, and before what is judged now.
SELECT onset, ended FROM status_episodes
WHERE source = :source AND ended >= :start AND fired <= :after

-- name: put_episode
-- Write an episode; what people said of it stays, and one that was live once is.
INSERT INTO status_episodes (id, source, onset, fired, ended, told, pages, live, evidence, updated_at)
VALUES (:id, :source, :onset, :fired, :ended, :told, :pages, :live, CAST(:evidence AS jsonb), to_timestamp(:now))
ON CONFLICT (id) DO UPDATE SET onset = excluded.onset, fired = excluded.fired, ended = excluded.ended,
    told = excluded.told, pages = excluded.pages, live = status_episodes.live OR excluded.live,
    evidence = excluded.evidence, updated_at = excluded.updated_at
WHERE (status_episodes.onset, status_episodes.fired, status_episodes.ended, status_episodes.told,
       status_episodes.pages, status_episodes.evidence)
    IS DISTINCT FROM (excluded.onset, excluded.fired, excluded.ended, excluded.told, excluded.pages, excluded.evidence)

-- name: drop_episode
-- An episode that is none once late rows are in.
DELETE FROM status_episodes WHERE id = :id

-- name: renewals
-- Minutes in which somebody said of an episode that it is the new normal.
SELECT floor(extract(epoch FROM judged_at) / 60)::int FROM status_episodes
WHERE source = :source AND judgement = 'new-normal' AND judged_at >= to_timestamp(:start)
    AND judged_at < to_timestamp(:end)

-- name: open_episodes
-- Episodes that are open, or were until a moment ago.
SELECT id, source, onset, fired, ended, told, pages, live, evidence, judgement, judged_by,
       extract(epoch FROM judged_at)::float8
FROM status_episodes WHERE told IS NULL OR updated_at >= to_timestamp(:since)
ORDER BY fired

-- name: episodes_between
-- Episodes of a stretch of minutes, of one source or of all (''), the newest first.
SELECT id, source, onset, fired, ended, told, pages, live, evidence, judgement, judged_by,
       extract(epoch FROM judged_at)::float8
FROM status_episodes
WHERE (:source = '' OR source = :source) AND fired >= :start AND onset < :end
ORDER BY fired DESC LIMIT :most

-- name: episodes_since
-- Episodes of a source that go on or went on at a minute or after it, the oldest first.
SELECT id, source, onset, fired, ended, told, pages, live, evidence, judgement, judged_by,
       extract(epoch FROM judged_at)::float8
FROM status_episodes WHERE source = :source AND (ended IS NULL OR ended > :first)
ORDER BY fired LIMIT :most

-- name: episode
-- One episode.
SELECT id, source, onset, fired, ended, told, pages, live, evidence, judgement, judged_by,
       extract(epoch FROM judged_at)::float8
FROM status_episodes WHERE id = :id

-- name: judge_episode
-- What a person says of an episode.
UPDATE status_episodes SET judgement = :judgement, judged_by = :by, judged_at = to_timestamp(:now) WHERE id = :id
RETURNING id

-- name: next_minute
-- The first minute of a source after another.
SELECT floor(extract(epoch FROM min(timestamp)) / 60)::int FROM status_counts
WHERE source = :source AND timestamp >= to_timestamp(:start)

-- name: next_slot
-- The first minute after another in which we counted something.
SELECT extract(epoch FROM min(slot))::bigint / 60 FROM rollups
WHERE width = 60 AND slot >= to_timestamp(:start) AND (predictions > 0 OR transactions > 0)

-- name: touch
-- Have a minute judged anew.
INSERT INTO status_changes (source, minute, received_at) VALUES (:source, :minute, to_timestamp(:now))

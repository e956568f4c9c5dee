-- name: known
-- What each source has said of these transactions so far.
SELECT transaction_id, source::text, label::text, extract(epoch FROM labelled_at)::float8, comment, actor
FROM labels WHERE transaction_id = ANY(%s)

-- name: put
-- Keep what a source says now.
INSERT INTO labels (transaction_id, source, label, labelled_at, actor, comment) VALUES %s
ON CONFLICT (transaction_id, source) DO UPDATE SET label = EXCLUDED.label, labelled_at = EXCLUDED.labelled_at,
    actor = EXCLUDED.actor, comment = EXCLUDED.comment

-- name: withdraw
-- Forget what a source said of a transaction.
DELETE FROM labels l USING (VALUES %s) v (transaction_id, source)
WHERE l.transaction_id = v.transaction_id AND l.source = v.source::label_source

-- name: note_changes
-- The history of labels, one row a change.
INSERT INTO label_changes (transaction_id, source, before, after, counted_before, counted_after, actor, comment, batch)
VALUES %s RETURNING id

-- name: scored
-- Which of these transactions we have scored.
SELECT DISTINCT transaction_id FROM fraud_predictions WHERE transaction_id = ANY(%s)

-- name: changes
-- The history of a transaction's labels, newest first.
SELECT id, at, source::text AS source, before, after, counted_before, counted_after, actor, comment
FROM label_changes WHERE transaction_id = :id ORDER BY id DESC LIMIT 50

-- name: change
-- One change.
SELECT id, transaction_id, source::text AS source, before, after, actor FROM label_changes WHERE id = :id

-- name: previous_comment
-- The comment that a source's label had before a change.
SELECT comment FROM label_changes
WHERE transaction_id = :transaction_id AND source = CAST(:source AS label_source) AND id < :id ORDER BY id DESC LIMIT 1

-- name: of_batch
-- The changes of a batch in their order, as its digest has them.
SELECT id, transaction_id, source::text, before, after, counted_before, counted_after, actor, comment
FROM label_changes WHERE batch = :batch ORDER BY id

-- name: newest_change
-- The newest change of what one source says of a transaction.
SELECT max(id) FROM label_changes WHERE transaction_id = :id AND source = CAST(:source AS label_source)

-- name: new_keys
-- Claim idempotency keys, in their order; gives back those that nobody claimed before, with a sender or without.
INSERT INTO event_keys (key)
SELECT asked.key FROM unnest(%s::uuid[], %s::uuid[]) WITH ORDINALITY AS asked (key, bare, place)
WHERE asked.key = asked.bare OR NOT EXISTS (SELECT 1 FROM event_keys k WHERE k.key = asked.bare)
ORDER BY asked.place
ON CONFLICT DO NOTHING RETURNING replace(key::text, '-', '')

-- name: new_own_keys
-- The same of keys that are all without a sender.
INSERT INTO event_keys (key) SELECT unnest(%s::uuid[]) ON CONFLICT DO NOTHING RETURNING replace(key::text, '-', '')

-- name: known_keys
-- Which idempotency keys are claimed.
SELECT replace(key::text, '-', '') FROM event_keys WHERE key = ANY(%s::uuid[])

-- name: drop_reported
-- Take out predictions that others reported of transactions that we have scored now.
DELETE FROM fraud_predictions WHERE transaction_id = ANY(%s) AND extra ? 'reported_by'
RETURNING extract(epoch FROM timestamp)::float8, transaction_id, fraud_score::float8, decision::text, flagged,
          latency_ms::float8, extra->>'reported_by', extra ? 'replayed'

-- name: own_predictions
-- What we said of some transactions.
SELECT transaction_id, fraud_score::float8, decision::text FROM fraud_predictions
WHERE transaction_id = ANY(%s) AND NOT coalesce(extra ? 'reported_by', false)

-- name: lock_predictions
-- Predictions, and transactions, may be stored side by side, but not beside labels: one must see the other.
SELECT pg_advisory_xact_lock_shared(7305003)

-- name: lock_labels
-- Labels are stored alone, so that the confusion matrix misses no pair.
SELECT pg_advisory_xact_lock(7305003)

-- name: make_slots
-- The rows of the slots that are about to be added to.
INSERT INTO rollups (width, slot) VALUES %s ON CONFLICT DO NOTHING

-- name: lock_slots
-- Lock the slots in one order for all and read their histograms.
SELECT r.width, extract(epoch FROM r.slot)::bigint, r.latency
FROM rollups r JOIN (VALUES %s) v (width, slot) ON r.width = v.width AND r.slot = v.slot
ORDER BY r.width, r.slot FOR UPDATE OF r

-- name: add_to_slots
-- Add counters, replace the merged histogram, and give back the new values.
UPDATE rollups r SET
    transactions = r.transactions + v.transactions, purchases = r.purchases + v.purchases,
    revenue_cents = r.revenue_cents + v.revenue_cents, predictions = r.predictions + v.predictions,
    approved = r.approved + v.approved, review = r.review + v.review, blocked = r.blocked + v.blocked,
    blocked_normal = r.blocked_normal + v.blocked_normal, requests = r.requests + v.requests,
    errors = r.errors + v.errors, latency = v.latency
FROM (VALUES %s) v (width, slot, transactions, purchases, revenue_cents, predictions, approved, review, blocked,
                    blocked_normal, requests, errors, latency)
WHERE r.width = v.width AND r.slot = v.slot
RETURNING r.width, extract(epoch FROM r.slot)::bigint, r.transactions, r.purchases, r.revenue_cents, r.predictions,
          r.approved, r.review, r.blocked, r.blocked_normal, r.requests, r.errors, r.latency

-- name: add_confusion
-- Add to the minutes of the confusion matrix.
INSERT INTO confusion_minutes (minute, tp, fp, fn, tn, flagged_unlabelled, clear_unlabelled, blocked_unlabelled)
VALUES %s
ON CONFLICT (minute) DO UPDATE SET
    tp = confusion_minutes.tp + EXCLUDED.tp, fp = confusion_minutes.fp + EXCLUDED.fp,
    fn = confusion_minutes.fn + EXCLUDED.fn, tn = confusion_minutes.tn + EXCLUDED.tn,
    flagged_unlabelled = confusion_minutes.flagged_unlabelled + EXCLUDED.flagged_unlabelled,
    clear_unlabelled = confusion_minutes.clear_unlabelled + EXCLUDED.clear_unlabelled,
    blocked_unlabelled = confusion_minutes.blocked_unlabelled + EXCLUDED.blocked_unlabelled

-- name: known_labels
-- The labels that count for these transactions.
SELECT transaction_id, label::text FROM effective_labels WHERE transaction_id = ANY(%s)

-- name: labelled_predictions
-- The predictions of these transactions, with the label that counted for them until now.
SELECT p.transaction_id, extract(epoch FROM p.timestamp)::float8, p.flagged, p.decision::text, e.label::text
FROM fraud_predictions p LEFT JOIN effective_labels e USING (transaction_id)
WHERE p.transaction_id = ANY(%s)

-- name: labelled_transactions
-- When these transactions were completed.
SELECT extract(epoch FROM timestamp)::float8 FROM transactions WHERE transaction_id = ANY(%s)

-- name: settle_labels
-- Of each transaction's labels the one that counts: the source that outranks, then the newest; unsure never counts.
INSERT INTO effective_labels (transaction_id, label, source, labelled_at)
SELECT DISTINCT ON (transaction_id) transaction_id, label, source, labelled_at
FROM labels WHERE transaction_id = ANY(%s) AND label <> 'unsure'
ORDER BY transaction_id, source DESC, labelled_at DESC
ON CONFLICT (transaction_id) DO UPDATE SET
    label = EXCLUDED.label, source = EXCLUDED.source, labelled_at = EXCLUDED.labelled_at

-- name: unsettle_labels
-- Where no label is left that could count, none counts.
DELETE FROM effective_labels e WHERE e.transaction_id = ANY(%s)
  AND NOT EXISTS (SELECT 1 FROM labels l WHERE l.transaction_id = e.transaction_id AND l.label <> 'unsure')

-- name: add_features
-- Add to a day's feature histogram.
INSERT INTO feature_histograms (day, model_version, n, counts) VALUES (%s, %s, %s, %s::bigint[])
ON CONFLICT (day, model_version) DO UPDATE SET
    n = feature_histograms.n + EXCLUDED.n,
    counts = (SELECT array_agg(a + b ORDER BY i)
              FROM unnest(feature_histograms.counts, EXCLUDED.counts) WITH ORDINALITY AS u (a, b, i))

-- name: put_heartbeats
-- The newest heartbeat of each service.
INSERT INTO heartbeats (service, last_at, status, latency_ms, detail) VALUES %s
ON CONFLICT (service) DO UPDATE SET
    last_at = EXCLUDED.last_at, status = EXCLUDED.status, latency_ms = EXCLUDED.latency_ms, detail = EXCLUDED.detail
WHERE EXCLUDED.last_at >= heartbeats.last_at

-- name: slots_since
-- Ten-second slots from an instant on.
SELECT extract(epoch FROM slot)::bigint, transactions, purchases, revenue_cents, predictions, approved, review, blocked,
       blocked_normal, requests, errors, latency
FROM rollups WHERE width = 10 AND slot >= to_timestamp(%s)

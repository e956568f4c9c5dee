-- Labels with their history, review claims, proposals of thresholds, and the indexes that the transaction search needs.

-- "unsure" is what an analyst may say and never what counts.
ALTER TYPE label ADD VALUE 'unsure';
ALTER TABLE effective_labels ADD CONSTRAINT effective_labels_sure CHECK (label::text <> 'unsure');
ALTER TABLE labels ADD COLUMN comment text;

-- Every change of a label, by whom, before and after, the one that counted too. Append-only; `after` NULL: withdrawn.
-- `batch` names the upload or request that brought it; the audit log holds the digest of the batch.
CREATE TABLE label_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    transaction_id text NOT NULL,
    source label_source NOT NULL,
    before text,
    after text,
    counted_before text,
    counted_after text,
    actor text,
    comment text,
    batch text
);
CREATE INDEX label_changes_transaction ON label_changes (transaction_id, id);
CREATE INDEX label_changes_batch ON label_changes (batch, id) WHERE batch IS NOT NULL;
CREATE TRIGGER label_changes_append_only BEFORE UPDATE OR DELETE ON label_changes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Who is looking at what in the review queue, so that two analysts do not review the same transaction.
CREATE TABLE review_claims (
    transaction_id text PRIMARY KEY,
    user_name text NOT NULL,
    until timestamptz NOT NULL
);

-- Thresholds that somebody proposes; `basis` is what the simulator showed for them.
CREATE TABLE policy_proposals (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    fraud_threshold double precision NOT NULL,
    review_from double precision NOT NULL,
    block_from double precision NOT NULL,
    note text NOT NULL DEFAULT '',
    basis jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'adopted', 'discarded')),
    decided_at timestamptz,
    decided_by text,
    policy_version integer
);
CREATE INDEX policy_proposals_open ON policy_proposals (created_at) WHERE state = 'open';

-- The review queue by money at risk.
CREATE INDEX fraud_predictions_at_risk ON fraud_predictions ((fraud_score * amount)) WHERE decision <> 'APPROVED';

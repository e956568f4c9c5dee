-- The tables of the spine: facts partitioned by month, the roll-ups kept in the same transaction as the facts,
-- the model registry and the policy's versions. All times are UTC.

CREATE TYPE decision AS ENUM ('APPROVED', 'REVIEW', 'BLOCKED');
CREATE TYPE transaction_type AS ENUM ('purchase', 'transfer');
CREATE TYPE severity AS ENUM ('low', 'medium', 'high', 'critical');
CREATE TYPE label AS ENUM ('legit', 'fraud');
CREATE TYPE label_source AS ENUM ('analyst', 'appeal', 'chargeback');
CREATE TYPE service_status AS ENUM ('UP', 'SLOW', 'DOWN');

-- One row for each event ever stored: the 128-bit digest of its kind and idempotency key.
CREATE TABLE event_keys (
    key uuid PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now()
);

-- Column order keeps a row small: fixed widths first, no padding between them. Wallet and IP are kept for what was
-- held or blocked, which never becomes a transaction; the others have theirs in `transactions`.
CREATE TABLE fraud_predictions (
    timestamp timestamptz NOT NULL,
    fraud_score real NOT NULL,
    decision decision NOT NULL,
    top_value real,
    model_version integer,
    latency_ms real,
    amount real,
    flagged boolean NOT NULL,
    transaction_id text NOT NULL,
    top_feature text,
    wallet text,
    ip inet,
    features real[],
    contributions real[],
    extra jsonb
) PARTITION BY RANGE (timestamp);
CREATE INDEX fraud_predictions_timestamp ON fraud_predictions (timestamp);
CREATE INDEX fraud_predictions_transaction ON fraud_predictions (transaction_id);
CREATE INDEX fraud_predictions_risky ON fraud_predictions (timestamp) WHERE fraud_score > 0.65;
CREATE INDEX fraud_predictions_held ON fraud_predictions (timestamp) WHERE decision <> 'APPROVED';
CREATE INDEX fraud_predictions_wallet ON fraud_predictions (wallet, timestamp) WHERE wallet IS NOT NULL;
CREATE INDEX fraud_predictions_ip ON fraud_predictions (ip, timestamp) WHERE ip IS NOT NULL;

CREATE TABLE transactions (
    timestamp timestamptz NOT NULL,
    amount numeric(14, 2) NOT NULL,
    platform_fee numeric(14, 2) NOT NULL,
    type transaction_type NOT NULL,
    transaction_id text NOT NULL,
    wallet text,
    counterparty text,
    event_id text,
    ip inet
) PARTITION BY RANGE (timestamp);
CREATE INDEX transactions_timestamp ON transactions (timestamp);
CREATE INDEX transactions_transaction ON transactions (transaction_id);
CREATE INDEX transactions_wallet ON transactions (wallet, timestamp) WHERE wallet IS NOT NULL;
CREATE INDEX transactions_ip ON transactions (ip, timestamp) WHERE ip IS NOT NULL;

CREATE TABLE api_requests (
    timestamp timestamptz NOT NULL,
    duration_ms real NOT NULL,
    bytes integer,
    status smallint NOT NULL,
    ip inet NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    service text NOT NULL,
    user_id text
) PARTITION BY RANGE (timestamp);
CREATE INDEX api_requests_timestamp ON api_requests (timestamp);
CREATE INDEX api_requests_ip ON api_requests (ip, timestamp);

CREATE TABLE security_events (
    timestamp timestamptz NOT NULL,
    severity severity NOT NULL,
    id text NOT NULL,
    text text NOT NULL,
    category text NOT NULL,
    action text,
    outcome text NOT NULL,
    actor text,
    ip inet,
    correlation_id text,
    source text NOT NULL,
    document jsonb
) PARTITION BY RANGE (timestamp);
CREATE INDEX security_events_timestamp ON security_events (timestamp);
CREATE INDEX security_events_correlation ON security_events (correlation_id) WHERE correlation_id IS NOT NULL;

-- Each partitioned table has a default partition, so that no timestamp is ever refused.
CREATE TABLE fraud_predictions_default PARTITION OF fraud_predictions DEFAULT;
CREATE TABLE transactions_default PARTITION OF transactions DEFAULT;
CREATE TABLE api_requests_default PARTITION OF api_requests DEFAULT;
CREATE TABLE security_events_default PARTITION OF security_events DEFAULT;

-- Every label as it came, the newest of each source; and the one that counts (source outranks time).
CREATE TABLE labels (
    transaction_id text NOT NULL,
    source label_source NOT NULL,
    label label NOT NULL,
    labelled_at timestamptz NOT NULL,
    actor text,
    PRIMARY KEY (transaction_id, source)
);
CREATE TABLE effective_labels (
    transaction_id text PRIMARY KEY,
    label label NOT NULL,
    source label_source NOT NULL,
    labelled_at timestamptz NOT NULL
);
CREATE INDEX effective_labels_time ON effective_labels (labelled_at);

CREATE TABLE heartbeats (
    service text PRIMARY KEY,
    last_at timestamptz NOT NULL,
    status service_status NOT NULL,
    latency_ms real,
    detail text
);
CREATE TABLE service_checks (
    timestamp timestamptz NOT NULL,
    service text NOT NULL,
    status service_status NOT NULL,
    latency_ms real,
    detail text,
    PRIMARY KEY (service, timestamp)
);
CREATE TABLE host_samples (
    timestamp timestamptz PRIMARY KEY,
    cpu_percent real NOT NULL,
    cores integer NOT NULL,
    memory_used bigint NOT NULL,
    memory_total bigint NOT NULL,
    disk_used bigint NOT NULL,
    disk_total bigint NOT NULL,
    load1 real NOT NULL
);

-- Slots of 10 and 60 seconds of event time; latency is the packed sparse histogram of core/transactions/kpis.py.
CREATE TABLE rollups (
    width smallint NOT NULL,
    slot timestamptz NOT NULL,
    transactions bigint NOT NULL DEFAULT 0,
    purchases bigint NOT NULL DEFAULT 0,
    revenue_cents bigint NOT NULL DEFAULT 0,
    predictions bigint NOT NULL DEFAULT 0,
    approved bigint NOT NULL DEFAULT 0,
    review bigint NOT NULL DEFAULT 0,
    blocked bigint NOT NULL DEFAULT 0,
    blocked_normal bigint NOT NULL DEFAULT 0,
    requests bigint NOT NULL DEFAULT 0,
    errors bigint NOT NULL DEFAULT 0,
    latency bytea NOT NULL DEFAULT '',
    PRIMARY KEY (width, slot)
);

-- The confusion matrix by minute of the prediction, kept exact when a label arrives late or changes.
CREATE TABLE confusion_minutes (
    minute timestamptz PRIMARY KEY,
    tp bigint NOT NULL DEFAULT 0,
    fp bigint NOT NULL DEFAULT 0,
    fn bigint NOT NULL DEFAULT 0,
    tn bigint NOT NULL DEFAULT 0,
    flagged_unlabelled bigint NOT NULL DEFAULT 0,
    clear_unlabelled bigint NOT NULL DEFAULT 0,
    blocked_unlabelled bigint NOT NULL DEFAULT 0
);

-- Per day and model version: counts of every feature's reference bins, features one after another.
CREATE TABLE feature_histograms (
    day date NOT NULL,
    model_version integer NOT NULL,
    n bigint NOT NULL,
    counts bigint[] NOT NULL,
    PRIMARY KEY (day, model_version)
);

CREATE TABLE ip_blocks (
    ip inet NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (ip, since)
);
CREATE INDEX ip_blocks_until ON ip_blocks (until);

CREATE TABLE models (
    version integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    algorithm text NOT NULL,
    artefact bytea NOT NULL,
    features jsonb NOT NULL,
    reference jsonb NOT NULL,
    metrics jsonb NOT NULL,
    fingerprint text NOT NULL,
    note text NOT NULL DEFAULT ''
);
CREATE TABLE model_roles (
    role text PRIMARY KEY,
    version integer NOT NULL REFERENCES models,
    since timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE policy_versions (
    version integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    profile text NOT NULL,
    fraud_threshold double precision NOT NULL,
    review_from double precision NOT NULL,
    block_from double precision NOT NULL,
    actor text NOT NULL
);

-- What the collector could not store, kept for a person to look at.
CREATE TABLE set_aside (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    payload bytea NOT NULL,
    reason text NOT NULL
);

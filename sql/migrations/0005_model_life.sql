-- The life of models: who was champion when and why, training runs as jobs, model cards, and what challengers said.

-- Every change of a role, so that a roll-back and the revert of an ensemble switch are exact. `before` is null for the
-- first holder. `kind` says what the change was: a promotion, a roll-back, the switch to the ensemble or its revert.
CREATE TABLE model_role_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    role text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('promote', 'roll-back', 'ensemble', 'revert')),
    before integer REFERENCES models,
    after integer NOT NULL REFERENCES models,
    actor text NOT NULL,
    reason text NOT NULL DEFAULT '',
    correlation_id text
);
CREATE INDEX model_role_changes_role ON model_role_changes (role, id);

-- Training runs, wanted, under way and past. `key` makes a request idempotent. A run belongs to `claimed_by` until
-- `lease_until`; a run whose worker died is taken up again. `refused`: the challenger was not better.
CREATE TABLE training_runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('manual', 'scheduled', 'emergency')),
    reason text NOT NULL DEFAULT '',
    correlation_id text,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL,
    options jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'refused')),
    progress real NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    message text NOT NULL DEFAULT '',
    attempts smallint NOT NULL DEFAULT 0,
    claimed_by text,
    lease_until timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    version integer REFERENCES models,
    comparison jsonb
);
CREATE INDEX training_runs_open ON training_runs (due_at) WHERE state IN ('queued', 'running');

-- The card of a model: what it was made from and how good it is, as a document and as a page.
CREATE TABLE model_cards (
    version integer PRIMARY KEY REFERENCES models,
    card jsonb NOT NULL,
    html text NOT NULL
);

-- What a challenger in shadow said of live traffic, beside what the champion said. Never read by a decision.
CREATE TABLE shadow_predictions (
    timestamp timestamptz NOT NULL,
    version integer NOT NULL,
    champion_version integer NOT NULL,
    fraud_score real NOT NULL,
    champion_score real NOT NULL,
    decision decision NOT NULL,
    champion_decision decision NOT NULL,
    transaction_id text NOT NULL
) PARTITION BY RANGE (timestamp);
CREATE TABLE shadow_predictions_default PARTITION OF shadow_predictions DEFAULT;
CREATE INDEX shadow_predictions_version ON shadow_predictions (version, timestamp);
CREATE INDEX shadow_predictions_transaction ON shadow_predictions (transaction_id);

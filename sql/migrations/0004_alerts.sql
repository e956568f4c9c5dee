-- Alerts: what was judged, what is open, who must be told, what is done by itself, and what people said about it.
-- State, incident, timeline, audit, message and action are written in one transaction (A7); docs/architecture.md, 10.

-- Who does a duty that only one worker may do. `token` grows with every new holder: work of an old one is refused (A9).
CREATE TABLE leases (
    name text PRIMARY KEY,
    holder text NOT NULL,
    token bigint NOT NULL,
    until timestamptz NOT NULL
);

-- The rules as the worker loaded them, for readers that do not know its configuration.
CREATE TABLE alert_rules (
    id text PRIMARY KEY,
    position integer NOT NULL,
    title text NOT NULL,
    severity severity NOT NULL,
    definition jsonb NOT NULL,
    loaded_at timestamptz NOT NULL
);

-- Each series of each rule: '' for a rule that has one. `state` is the state machine's own, whole.
CREATE TABLE alert_states (
    rule text NOT NULL,
    series text NOT NULL,
    phase text NOT NULL CHECK (phase IN ('inactive', 'pending', 'firing')),
    health text NOT NULL CHECK (health IN ('ok', 'no_data', 'error')),
    value double precision,
    since timestamptz NOT NULL,
    evaluated_at timestamptz NOT NULL,
    incident_id text,
    state jsonb NOT NULL,
    PRIMARY KEY (rule, series)
);

-- What the evaluator saw at each tick, so that its decisions can be replayed line for line (A13).
CREATE TABLE alert_ticks (
    at timestamptz PRIMARY KEY,
    token bigint NOT NULL,
    readings bytea NOT NULL
);

-- `id` is deterministic and is the dedup key that receivers get.
CREATE TABLE incidents (
    id text PRIMARY KEY,
    rule text NOT NULL,
    series text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('alert', 'no_data', 'error', 'security', 'canary')),
    severity severity NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'acknowledged', 'resolved')),
    title text NOT NULL,
    summary text NOT NULL,
    value double precision,
    peak double precision,
    limit_value double precision,
    unit text NOT NULL DEFAULT '',
    began_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    notified_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    escalated_at timestamptz,
    resolved_at timestamptz,
    resolved_by text,
    assignee text,
    correlation_id text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX incidents_one_open ON incidents (rule, series, kind) WHERE status <> 'resolved';
CREATE INDEX incidents_opened ON incidents (opened_at);
CREATE INDEX incidents_correlation ON incidents (correlation_id);

CREATE TABLE incident_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id text NOT NULL REFERENCES incidents,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    text text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX incident_events_incident ON incident_events (incident_id, id);

-- Messages to send. `key` makes the same intent one row; a message waits for earlier ones of its incident and channel.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    incident_id text REFERENCES incidents,
    channel text NOT NULL,
    event text NOT NULL CHECK (event IN ('trigger', 'acknowledge', 'resolve', 'escalate', 'notice', 'test', 'canary')),
    notice jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'dead', 'cancelled')),
    attempts integer NOT NULL DEFAULT 0,
    claim bigint NOT NULL DEFAULT 0,
    claimed_by text,
    claimed_until timestamptz,
    last_error text,
    receipt jsonb,
    finished_at timestamptz,
    fallback_of bigint REFERENCES outbox
);
CREATE INDEX outbox_waiting ON outbox (due_at, id) WHERE state = 'pending';
CREATE INDEX outbox_incident ON outbox (incident_id, channel, id);

-- A channel's token bucket and pause, shared by all workers, and how it fares.
CREATE TABLE channel_states (
    channel text PRIMARY KEY,
    kind text NOT NULL DEFAULT '',
    configured boolean NOT NULL DEFAULT false,
    tokens double precision NOT NULL DEFAULT 0,
    refilled_at timestamptz NOT NULL DEFAULT now(),
    paused_until timestamptz,
    last_ok_at timestamptz,
    last_error_at timestamptz,
    last_error text
);

-- What the system does by itself: asked for with the incident, applied by a worker, reverted in time (A10).
CREATE TABLE action_runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    incident_id text NOT NULL REFERENCES incidents,
    action text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('suggest', 'auto')),
    state text NOT NULL CHECK (state IN
        ('suggested', 'due', 'applying', 'applied', 'reverting', 'reverted', 'refused', 'failed', 'expired')),
    parameters jsonb NOT NULL DEFAULT '{}',
    before jsonb,
    after jsonb,
    message text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    claim bigint NOT NULL DEFAULT 0,
    claimed_until timestamptz,
    due_at timestamptz NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_by text NOT NULL,
    applied_at timestamptz,
    revert_at timestamptz,
    reverted_at timestamptz,
    reverted_by text
);
CREATE INDEX action_runs_incident ON action_runs (incident_id, id);
CREATE INDEX action_runs_waiting ON action_runs (due_at) WHERE state IN ('due', 'applying', 'reverting', 'applied');
CREATE INDEX action_runs_action ON action_runs (action, applied_at);

-- What an action produced, such as a flame graph.
CREATE TABLE action_artefacts (
    run_id bigint NOT NULL REFERENCES action_runs,
    name text NOT NULL,
    content_type text NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, name)
);

-- Switches that people throw; 'actions' off is the kill switch.
CREATE TABLE switches (
    name text PRIMARY KEY,
    is_on boolean NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now()
);

-- Empty matchers match everything; `series` and `rule` are exact or end in '*'.
CREATE TABLE silences (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule text NOT NULL DEFAULT '',
    series text NOT NULL DEFAULT '',
    severity severity,
    owner text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    created_at timestamptz NOT NULL,
    ended_by text,
    warned_at timestamptz
);
CREATE INDEX silences_ends ON silences (ends_at);

-- Backtests asked for by people; a worker runs them.
CREATE TABLE backtests (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    requested_at timestamptz NOT NULL,
    requested_by text NOT NULL,
    spec jsonb NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
    claimed_until timestamptz,
    message text NOT NULL DEFAULT '',
    result jsonb,
    finished_at timestamptz
);

-- Our own threat intelligence: addresses and wallets, each with an end.
CREATE TABLE threat_entries (
    kind text NOT NULL CHECK (kind IN ('ip', 'wallet')),
    value text NOT NULL,
    reason text NOT NULL,
    source text NOT NULL,
    incident_id text,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    until timestamptz,
    PRIMARY KEY (kind, value)
);
CREATE INDEX threat_entries_until ON threat_entries (until);

-- Accounts of the platform that are locked (our own console's are locked in `users`).
CREATE TABLE account_locks (
    account text PRIMARY KEY,
    since timestamptz NOT NULL,
    until timestamptz,
    reason text NOT NULL,
    incident_id text,
    released_at timestamptz,
    released_by text
);

-- How many replicas of a service are wanted, and how many whoever runs it has reported.
CREATE TABLE scale_targets (
    service text PRIMARY KEY,
    wanted integer NOT NULL,
    baseline integer NOT NULL,
    actual integer,
    changed_at timestamptz NOT NULL,
    reported_at timestamptz
);

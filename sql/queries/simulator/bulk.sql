-- name: make_draw
-- What is drawn, for one transaction: keys, name, time in microseconds, pattern.
CREATE TEMP TABLE draw (
    key uuid NOT NULL, sale_key uuid, name text NOT NULL, microseconds bigint NOT NULL, pattern int NOT NULL
) ON COMMIT DROP

-- name: copy_draw
-- Its lines.
COPY draw (key, sale_key, name, microseconds, pattern) FROM STDIN

-- name: make_patterns
-- The patterns, for one transaction; the columns of the two tables that they are copied to.
CREATE TEMP TABLE patterns (
    pattern int PRIMARY KEY, scored_at timestamptz, fraud_score real, decision decision, top_value real, model_version int,
    latency_ms real, scored_amount real, flagged boolean, scored_id text, top_feature text, scored_wallet text,
    scored_ip inet, features real[], contributions real[], extra jsonb, scored_usd numeric, confidence "char", data_quality_score smallint,
    sold_at timestamptz, amount numeric(14,2), platform_fee numeric(14,2), type transaction_type, sold_id text, wallet text,
    counterparty text, event_id text, ip inet, ticket_id text
) ON COMMIT DROP

-- name: copy_patterns
-- Their lines.
COPY patterns FROM STDIN

-- name: analyse_draw
-- The planner knows nothing of a table that is new.
ANALYZE draw

-- name: analyse_patterns
-- Nor of the other.
ANALYZE patterns

-- name: known
-- The names of which a key was claimed before.
SELECT name FROM draw JOIN event_keys USING (key) UNION SELECT name FROM draw d JOIN event_keys k ON k.key = d.sale_key

-- name: claim
-- Claim every key, in the order of the index: pages are then touched once.
INSERT INTO event_keys (key)
SELECT key FROM (SELECT key FROM draw UNION ALL SELECT sale_key FROM draw WHERE sale_key IS NOT NULL) d ORDER BY key
ON CONFLICT DO NOTHING

-- name: insert_predictions
-- Store what is drawn.
INSERT INTO fraud_predictions (timestamp, fraud_score, decision, top_value, model_version, latency_ms, amount, flagged,
    transaction_id, top_feature, wallet, ip, features, contributions, extra, amount_usd, confidence, data_quality_score)
SELECT timestamptz 'epoch' + d.microseconds * interval '1 microsecond', p.fraud_score, p.decision, p.top_value,
    p.model_version, p.latency_ms, p.scored_amount, p.flagged, d.name, p.top_feature, p.scored_wallet, p.scored_ip,
    p.features, p.contributions, p.extra, p.scored_usd, p.confidence, p.data_quality_score
FROM draw d JOIN patterns p USING (pattern)

-- name: insert_sales
-- Store the sales that were let through.
INSERT INTO transactions (timestamp, amount, platform_fee, type, transaction_id, wallet, counterparty, event_id, ip,
    ticket_id)
SELECT timestamptz 'epoch' + d.microseconds * interval '1 microsecond', p.amount, p.platform_fee, p.type, d.name, p.wallet,
    p.counterparty, p.event_id, p.ip, p.ticket_id
FROM draw d JOIN patterns p USING (pattern) WHERE p.sold_id IS NOT NULL

-- name: known_labels
-- Labels that came before their predictions.
SELECT e.transaction_id, e.label::text FROM draw d JOIN effective_labels e ON e.transaction_id = d.name

-- name: patterns
-- The newest predictions with features that were not grown, the sale that each let through, and the label that counts.
SELECT p.transaction_id, p.fraud_score::float8 AS score, p.decision::text AS decision, p.flagged, p.top_feature,
    p.top_value::float8 AS top_value, p.model_version, p.latency_ms::float8 AS latency_ms,
    exact_amount(p.amount_usd, p.amount)::float8 AS amount,
    p.wallet AS held_wallet, host(p.ip) AS held_ip, p.features::float8[] AS feature_values,
    (SELECT max(version) FROM policy_versions) AS policy_version,
    p.contributions::float8[] AS contribution_values, (p.extra ->> 'holdout')::float8 AS holdout,
    t.type::text AS type, t.amount::float8 AS sale_amount, t.platform_fee::float8 AS platform_fee, t.wallet, t.counterparty,
    t.event_id, t.ticket_id, host(t.ip) AS ip,
    e.label::text AS label, e.source::text AS source, extract(epoch FROM e.labelled_at - p.timestamp)::float8 AS after
FROM (SELECT * FROM fraud_predictions WHERE features IS NOT NULL AND transaction_id NOT LIKE 'grown-%'
      ORDER BY timestamp DESC LIMIT :most) p
LEFT JOIN LATERAL (
    SELECT * FROM transactions WHERE transaction_id = p.transaction_id
      AND timestamp BETWEEN p.timestamp - interval '1 day' AND p.timestamp + interval '1 day' ORDER BY timestamp DESC LIMIT 1
) t ON true
LEFT JOIN effective_labels e ON e.transaction_id = p.transaction_id

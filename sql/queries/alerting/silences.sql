-- name: insert
-- A new silence.
INSERT INTO silences (rule, series, severity, owner, reason, starts_at, ends_at, created_at, exact_rule, exact_series)
VALUES (:rule, :series, CAST(:severity AS severity), :owner, :reason, :starts_at, :ends_at, :created_at, :exact_rule,
        :exact_series)
RETURNING id, rule, series, severity::text AS severity, owner, reason, starts_at, ends_at, created_at, ended_by, warned_at,
          exact_rule, exact_series

-- name: end
-- End a silence that is in force or to come; one that never began keeps a moment, as its end must be after its start.
UPDATE silences s SET ends_at = greatest(CAST(:now AS timestamptz), s.starts_at + interval '1 microsecond'), ended_by = :actor
FROM (SELECT id, ends_at FROM silences WHERE id = :id FOR UPDATE) old
WHERE s.id = old.id AND s.ended_by IS NULL AND old.ends_at > CAST(:now AS timestamptz)
RETURNING s.id, s.rule, s.series, s.severity::text AS severity, s.owner, s.reason, s.starts_at, s.ends_at, s.created_at,
          s.ended_by, s.warned_at, s.exact_rule, s.exact_series, old.ends_at AS was

-- name: current
-- Silences in force and to come.
SELECT id, rule, series, severity::text AS severity, owner, reason, starts_at, ends_at, created_at, ended_by, warned_at,
       exact_rule, exact_series
FROM silences WHERE ends_at > :now AND ended_by IS NULL ORDER BY ends_at, id

-- name: past
-- Silences that have ended, newest first.
SELECT id, rule, series, severity::text AS severity, owner, reason, starts_at, ends_at, created_at, ended_by, warned_at,
       exact_rule, exact_series
FROM silences WHERE ends_at <= :now OR ended_by IS NOT NULL ORDER BY ends_at DESC, id DESC LIMIT :most

-- name: in_force
-- Silences that mute at an instant.
SELECT id, rule, series, severity::text AS severity, owner, reason, starts_at, ends_at, created_at, ended_by, warned_at,
       exact_rule, exact_series
FROM silences WHERE starts_at <= :at AND ends_at > :at ORDER BY id

-- name: subjects
-- What a silence can be about now: judged series, open incidents, and rules (without a series).
SELECT s.rule, s.series, r.severity::text AS severity FROM alert_states s JOIN alert_rules r ON r.id = s.rule
UNION
SELECT rule, series, severity::text FROM incidents WHERE status <> 'resolved'
UNION
SELECT id, NULL, severity::text FROM alert_rules

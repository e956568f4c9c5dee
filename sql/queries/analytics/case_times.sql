-- sources: predictions
-- name: put
-- Minutes from the decision to the first label of the flagged predictions of an hour, rounded up.
INSERT INTO analytics_case_times (hour, minutes, cases)
SELECT %(hour)s, CASE WHEN m <= 120 THEN m WHEN m <= 1440 THEN ceil(m / 15.0) * 15 ELSE ceil(m / 60.0) * 60 END, count(*)
FROM (
    SELECT ceil(greatest(0, extract(epoch FROM l.first - p.timestamp)) / 60) AS m
    FROM fraud_predictions p
    JOIN LATERAL (
        SELECT min(labelled_at) AS first FROM labels WHERE labels.transaction_id = p.transaction_id
    ) l ON l.first IS NOT NULL
    WHERE p.timestamp >= %(hour)s AND p.timestamp < %(end)s AND p.decision <> 'APPROVED'
      AND NOT coalesce(p.extra ? 'replayed', false)
) AS found GROUP BY 2

-- name: counts
-- How many took so many minutes.
SELECT minutes, sum(cases)::bigint AS cases FROM analytics_case_times WHERE hour >= :start AND hour < :end
GROUP BY minutes ORDER BY minutes

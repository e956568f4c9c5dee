-- sources: predictions
-- name: put
-- What a challenger and the champion decided of an hour's transactions; one that came twice counts once.
INSERT INTO analytics_shadows (hour, version, champion_version, champion_decision, decision, label, predictions)
SELECT %(hour)s, s.version, s.champion_version, s.champion_decision, s.decision, coalesce(e.label::text, ''), count(*)
FROM (
    SELECT DISTINCT ON (version, transaction_id) version, champion_version, champion_decision, decision, transaction_id
    FROM shadow_predictions WHERE timestamp >= %(hour)s AND timestamp < %(end)s
    ORDER BY version, transaction_id, timestamp
) s LEFT JOIN effective_labels e USING (transaction_id)
GROUP BY 2, 3, 4, 5, 6

-- name: challengers
-- Challengers that ran in shadow mode in a span, the newest first.
SELECT version, sum(predictions)::bigint AS predictions FROM analytics_shadows
WHERE hour >= :start AND hour < :end GROUP BY 1 ORDER BY 1 DESC

-- name: pairs
-- Both decisions on the transactions of a span, with what labels say.
SELECT champion_decision::text AS champion, decision::text AS challenger, label, sum(predictions)::bigint AS n
FROM analytics_shadows WHERE hour >= :start AND hour < :end AND version = :version GROUP BY 1, 2, 3

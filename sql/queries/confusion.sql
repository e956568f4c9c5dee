-- name: sum
-- The confusion matrix of a span of minutes.
SELECT COALESCE(sum(tp), 0) AS tp, COALESCE(sum(fn), 0) AS fn, COALESCE(sum(fp), 0) AS fp, COALESCE(sum(tn), 0) AS tn,
       COALESCE(sum(flagged_unlabelled), 0) AS flagged_unlabelled, COALESCE(sum(clear_unlabelled), 0) AS clear_unlabelled,
       COALESCE(sum(blocked_unlabelled), 0) AS blocked_unlabelled
FROM confusion_minutes WHERE minute >= :start AND minute < :end

-- Labels that count, by what they say and the hour they came in; today and yesterday anew with each sample.
SELECT date_trunc('hour', labelled_at) AS time, label::text AS series, count(*) AS value
FROM effective_labels
WHERE labelled_at >= date_trunc('day', now()) - interval '1 day'
GROUP BY 1, 2

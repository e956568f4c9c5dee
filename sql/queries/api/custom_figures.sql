-- name: listed
-- Figures that a collector has or had, one or all.
SELECT name, title, unit, source, every_seconds, extract(epoch FROM seen)::float8 AS seen, series,
       extract(epoch FROM sampled_at)::float8 AS sampled_at, took_seconds,
       extract(epoch FROM failed_at)::float8 AS failed_at, error, failures
FROM custom_figures WHERE :name = '' OR name = :name ORDER BY title, name LIMIT :most

-- name: bins
-- Values of figures by series and bin (its minute of the epoch) in a span.
SELECT figure, series, floor(extract(epoch FROM timestamp) / (60 * :step))::int * :step AS bin, count(*), avg(value),
       min(value), max(value), (array_agg(value ORDER BY timestamp DESC))[1]
FROM custom_figure_values
WHERE figure = ANY(:names) AND series = ANY(:series)
  AND timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3

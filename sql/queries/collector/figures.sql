-- name: register
-- A figure that a collector has, as it is defined now.
INSERT INTO custom_figures AS f (name, title, unit, source, every_seconds, seen)
VALUES (:name, :title, :unit, :source, :every, :seen)
ON CONFLICT (name) DO UPDATE SET title = EXCLUDED.title, unit = EXCLUDED.unit, source = EXCLUDED.source,
    every_seconds = EXCLUDED.every_seconds, seen = greatest(f.seen, EXCLUDED.seen)

-- name: locked
-- Which series a figure has, while values are stored.
SELECT series FROM custom_figures WHERE name = :name FOR UPDATE

-- name: put
-- Values of a figure; a later one of the same time is taken instead.
INSERT INTO custom_figure_values (timestamp, figure, series, value)
SELECT at, :figure, series, value
FROM unnest(CAST(:times AS timestamptz[]), CAST(:series AS text[]), CAST(:values AS float8[])) v (at, series, value)
ON CONFLICT (figure, series, timestamp) DO UPDATE SET value = EXCLUDED.value

-- name: sampled
-- That a sample was taken, and what was wrong with it.
UPDATE custom_figures SET sampled_at = :at, took_seconds = :took, series = :series, error = :error,
    failed_at = CASE WHEN :error = '' THEN failed_at ELSE :at END, failures = failures + CAST(:error <> '' AS int)
WHERE name = :name

-- name: failed
-- That a sample failed, and why.
UPDATE custom_figures SET failed_at = :at, error = :error, failures = failures + 1 WHERE name = :name

-- name: drop_series
-- Names of series of which nothing is kept any more make room for others.
UPDATE custom_figures f SET series = ARRAY(
    SELECT s FROM unnest(f.series) s
    WHERE EXISTS (SELECT FROM custom_figure_values v WHERE v.figure = f.name AND v.series = s))

-- name: drop_figures
-- Figures that no collector has had for so many days.
DELETE FROM custom_figures WHERE seen < now() - %s * interval '1 day'

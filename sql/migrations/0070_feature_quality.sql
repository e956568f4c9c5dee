-- Data quality of what models get, by hour, model and feature (docs/analytics.md).

-- What a model expects of each of its features, from what is kept of its training. `place` is that in the model's
-- order; a number has a trained range, a category codes 0 to `words` - 1, and `unseen` for every other word. Sums and
-- pages read this view, so that both judge alike. `before` are training's counts of the bins between `edges`, and at the
-- end of missing values.
CREATE VIEW feature_expectations AS
SELECT m.version AS model_version, f.place::int AS place, f.item ->> 'name' AS feature, t.kind,
       CASE WHEN t.kind = 'number' THEN (r.ranges -> (f.item ->> 'name') ->> 0)::real END AS low,
       CASE WHEN t.kind = 'number' THEN (r.ranges -> (f.item ->> 'name') ->> 1)::real END AS high,
       (t.item ->> 'unseen')::real AS unseen,
       coalesce(jsonb_array_length(t.item -> 'categories'), 0) AS words, t.item -> 'categories' AS categories,
       ARRAY(SELECT e::float8 FROM jsonb_array_elements_text(f.item -> 'edges') WITH ORDINALITY AS x (e, i) ORDER BY i)
           AS edges,
       ARRAY(SELECT e::bigint FROM jsonb_array_elements_text(f.item -> 'counts') WITH ORDINALITY AS x (e, i) ORDER BY i)
           AS before
FROM models m
CROSS JOIN LATERAL (
    -- Once for a model: its reference is large.
    SELECT jsonb_object_agg(c ->> 'name', CASE
               WHEN c ? 'grid' THEN jsonb_build_array(c #> '{grid,0}', c #> '{grid,-1}')
               WHEN (c ->> 'numeric')::boolean THEN
                   (SELECT jsonb_build_array(min(v::real), max(v::real)) FROM jsonb_object_keys(c -> 'counts') v)
           END) AS ranges
    FROM model_baselines k, jsonb_array_elements(k.baseline -> 'columns') c
    WHERE k.version = m.version AND c ->> 'role' = 'feature'
) r
CROSS JOIN LATERAL jsonb_array_elements(m.reference) WITH ORDINALITY AS f (item, place)
CROSS JOIN LATERAL (
    SELECT item, coalesce(item ->> 'type', 'number') AS kind
    FROM (SELECT m.metrics -> 'features' -> (f.place - 1)::int AS item) o
) t;

-- The same for all values of a row at once: arrays in the model's order, where a bound that there is none of is infinite.
-- `edges` are those of all features one after another, of each from `starts` + 1 to the next one's start.
CREATE VIEW model_expectations AS
SELECT model_version, count(*)::int AS width,
       array_agg((CASE kind WHEN 'category' THEN 2 WHEN 'flag' THEN 1 ELSE 0 END)::smallint ORDER BY place) AS kinds,
       array_agg(coalesce(low, '-Infinity') ORDER BY place) AS lows,
       array_agg(coalesce(high, 'Infinity') ORDER BY place) AS highs,
       array_agg(coalesce(unseen, '-1') ORDER BY place) AS unseens, array_agg(words ORDER BY place) AS words,
       array_agg(ends - cardinality(edges) ORDER BY place) AS starts, array_agg(ends ORDER BY place) AS ends,
       ARRAY(SELECT e FROM feature_expectations o, unnest(o.edges) WITH ORDINALITY AS x (e, i)
             WHERE o.model_version = s.model_version ORDER BY o.place, i) AS edges
FROM (
    SELECT *, sum(cardinality(edges)) OVER (PARTITION BY model_version ORDER BY place)::int AS ends
    FROM feature_expectations
) s
GROUP BY model_version;

-- What is wrong with a value: 0 nothing, 1 it is missing, 2 not of the trained type, 3 out of the trained range, 4 a word
-- that training did not have.
CREATE FUNCTION value_problem(value real, kind smallint, low real, high real, unseen real, words integer)
RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN value IS NULL OR value = 'NaN' THEN 1
        WHEN kind = 0 THEN CASE WHEN value < low OR value > high THEN 3 ELSE 0 END
        WHEN kind = 1 THEN CASE WHEN value IN (0, 1) THEN 0 ELSE 2 END
        WHEN value = unseen THEN 4
        WHEN value >= 0 AND value < words AND value = floor(value) THEN 0 ELSE 2 END::smallint
$$;

-- Values of an hour by model and feature, of predictions that came with the values of all its features. `bins` are the
-- counts of the bins between the edges of training, and at the end of missing values; `total` is the sum of the values
-- that are there. `anomalies` are the newest values that were not expected: at (epoch seconds), transaction, problem (as
-- above) and value.
CREATE TABLE analytics_feature_quality (
    hour timestamptz NOT NULL,
    model_version integer NOT NULL,
    place integer NOT NULL,
    feature text NOT NULL,
    predictions bigint NOT NULL,
    missing bigint NOT NULL,
    wrong_type bigint NOT NULL,
    out_of_range bigint NOT NULL,
    unseen bigint NOT NULL,
    low real,
    high real,
    total double precision,
    bins bigint[] NOT NULL,
    anomalies jsonb NOT NULL,
    PRIMARY KEY (hour, model_version, place)
);

-- name: share
-- By combination of dimensions: counts of a status, or of a code, and of all, before an episode and in it.
SELECT dimensions,
       coalesce(sum(count) FILTER (WHERE bad AND timestamp < to_timestamp(:onset)), 0)::float8,
       coalesce(sum(count) FILTER (WHERE timestamp < to_timestamp(:onset)), 0)::float8,
       coalesce(sum(count) FILTER (WHERE bad AND timestamp >= to_timestamp(:onset)), 0)::float8,
       coalesce(sum(count) FILTER (WHERE timestamp >= to_timestamp(:onset)), 0)::float8
FROM (SELECT timestamp, dimensions, count, CASE WHEN :code THEN auth_code ELSE status END = :name AS bad
      FROM status_counts
      WHERE source = :source AND timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end)
          AND CASE WHEN :code THEN auth_code ELSE status END <> '') c
GROUP BY dimensions HAVING sum(count) > 0 LIMIT :most

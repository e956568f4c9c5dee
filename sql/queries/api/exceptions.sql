-- name: states
-- How many groups of each state came in a range, and how often.
SELECT state, count(*)::int, sum(n)::bigint FROM (
    SELECT g.state, sum(o.occurrences)::bigint AS n FROM exception_hours o JOIN exception_groups g ON g.id = o.group_id
    WHERE o.timestamp >= to_timestamp(:start) AND o.timestamp < to_timestamp(:end)
      AND (:service = '' OR g.service = :service) AND (:version = '' OR o.version = :version)
      AND (:route = '' OR o.route = :route) AND (:method = '' OR o.method = :method)
      AND (:search = '' OR strpos(lower(concat_ws(' ', g.type, g.culprit, g.message)), lower(:search)) > 0)
    GROUP BY g.id
) s GROUP BY state

-- name: rows
-- The groups of a state that came in a range, the most frequent first.
SELECT g.id, sum(o.occurrences)::bigint FROM exception_hours o JOIN exception_groups g ON g.id = o.group_id
WHERE o.timestamp >= to_timestamp(:start) AND o.timestamp < to_timestamp(:end)
  AND (:service = '' OR g.service = :service) AND (:version = '' OR o.version = :version)
  AND (:route = '' OR o.route = :route) AND (:method = '' OR o.method = :method)
  AND (:search = '' OR strpos(lower(concat_ws(' ', g.type, g.culprit, g.message)), lower(:search)) > 0)
  AND (:state = '' OR g.state = :state)
GROUP BY g.id ORDER BY 2 DESC, g.last_seen DESC, g.id LIMIT :most

-- name: trend
-- How often groups came by bin (its minute of the epoch).
SELECT o.group_id, floor(extract(epoch FROM o.timestamp) / (60 * :step))::int * :step, sum(o.occurrences)::bigint
FROM exception_hours o
WHERE o.timestamp >= to_timestamp(:start) AND o.timestamp < to_timestamp(:end) AND o.group_id = ANY(:ids)
  AND (:version = '' OR o.version = :version)
  AND (:route = '' OR o.route = :route) AND (:method = '' OR o.method = :method)
GROUP BY 1, 2

-- name: whole_trend
-- How often all groups of a filter came by bin.
SELECT floor(extract(epoch FROM o.timestamp) / (60 * :step))::int * :step, sum(o.occurrences)::bigint
FROM exception_hours o JOIN exception_groups g ON g.id = o.group_id
WHERE o.timestamp >= to_timestamp(:start) AND o.timestamp < to_timestamp(:end)
  AND (:service = '' OR g.service = :service) AND (:version = '' OR o.version = :version)
  AND (:route = '' OR o.route = :route) AND (:method = '' OR o.method = :method)
  AND (:search = '' OR strpos(lower(concat_ws(' ', g.type, g.culprit, g.message)), lower(:search)) > 0)
  AND (:state = '' OR g.state = :state)
GROUP BY 1

-- name: groups
-- Groups as they are.
SELECT id, service, type, culprit, message, occurrences AS total,
       (SELECT count(*) FROM exception_users u WHERE u.group_id = g.id)::int AS users,
       extract(epoch FROM first_seen)::float8 AS first_seen, extract(epoch FROM last_seen)::float8 AS last_seen,
       first_version, last_version, state, state_by, extract(epoch FROM state_at)::float8 AS state_at,
       extract(epoch FROM reopened_at)::float8 AS reopened_at
FROM exception_groups g WHERE id = ANY(:ids)

-- name: places
-- Versions and endpoints of groups in a range: how often, and their first and last hour.
SELECT group_id, version, route, method, sum(occurrences)::bigint, extract(epoch FROM min(timestamp))::float8,
       extract(epoch FROM max(timestamp))::float8
FROM exception_hours
WHERE timestamp >= to_timestamp(:start) AND timestamp < to_timestamp(:end) AND group_id = ANY(:ids)
GROUP BY group_id, version, route, method ORDER BY 5 DESC, version, route, method LIMIT :most

-- name: users
-- Who met a group in a range.
SELECT name, occurrences, extract(epoch FROM first_seen)::float8, extract(epoch FROM last_seen)::float8
FROM exception_users WHERE group_id = :id AND last_seen >= to_timestamp(:start) AND first_seen < to_timestamp(:end)
ORDER BY occurrences DESC, last_seen DESC, name LIMIT :most

-- name: samples
-- The newest of a group as they came.
SELECT id, extract(epoch FROM timestamp)::float8, version, route, method, username, message, stack::text
FROM exception_samples WHERE group_id = :id ORDER BY timestamp DESC, id DESC LIMIT :most

-- name: choices
-- What can be chosen: services, and their versions with the newest time of each.
SELECT service, last_version, max(extract(epoch FROM last_seen))::float8 FROM exception_groups
GROUP BY service, last_version ORDER BY 3 DESC LIMIT 500

-- name: decided
-- When the state of any group changed last.
SELECT extract(epoch FROM max(greatest(state_at, reopened_at)))::float8 FROM exception_groups

-- name: state
-- The state of a group, which is held until the transaction ends.
SELECT id, service, state FROM exception_groups WHERE id = :id FOR UPDATE

-- name: set_state
-- What a person decided about a group.
UPDATE exception_groups SET state = :state, state_by = :by, state_at = to_timestamp(:at),
    reopened_at = CASE WHEN :state = 'open' THEN reopened_at END WHERE id = :id

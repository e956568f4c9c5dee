-- name: between
-- What changed in a span, oldest first; of each kind the newest hundred.
SELECT t, kind, title, detail, ref, service FROM (
    (SELECT d.at AS t, 'deploy' AS kind, d.service || ' ' || d.version AS title, d.service, d.id::text AS ref,
            concat_ws(', ', CASE WHEN d.before <> '' THEN 'after ' || d.before ELSE 'first version' END, nullif(d.revision, ''),
                (SELECT nullif(concat_ws(', ',
                     nullif(count(*) FILTER (WHERE durations = 'slower'), 0) || ' slower',
                     nullif(count(*) FILTER (WHERE durations = 'faster'), 0) || ' faster',
                     nullif(count(*) FILTER (WHERE errors = 'more errors'), 0) || ' with more errors',
                     nullif(count(*) FILTER (WHERE errors = 'fewer errors'), 0) || ' with fewer errors'), '')
                 FROM deploy_endpoints e WHERE e.deploy_id = d.id)) AS detail
     FROM deploys d WHERE d.at >= :start AND d.at < :end ORDER BY d.at DESC, d.id DESC LIMIT 100)
    UNION ALL
    (SELECT created_at, 'policy', profile || ' v' || version, '', version::text,
            'fraud threshold ' || round(fraud_threshold::numeric, 2) || ', by ' || actor
     FROM policy_versions WHERE created_at >= :start AND created_at < :end AND version > 1
     ORDER BY version DESC LIMIT 100)
    UNION ALL
    (SELECT s.at, 'configuration', array_to_string(s.changed[1:3], ', ')
                || CASE WHEN cardinality(s.changed) > 3 THEN ' and ' || cardinality(s.changed) - 3 || ' more' ELSE '' END,
            '', s.id::text, 'at the start of ' || s.process
     FROM config_starts s WHERE s.at >= :start AND s.at < :end AND cardinality(s.changed) > 0
       AND NOT EXISTS (SELECT FROM config_starts o WHERE o.hash = s.hash AND o.id < s.id AND o.at > s.at - interval '10 minutes'
                       AND cardinality(o.changed) > 0)
     ORDER BY s.id DESC LIMIT 100)
    UNION ALL
    (SELECT at, 'model', role || ' v' || after, '', after::text,
            concat_ws(', ', kind, CASE WHEN before IS NOT NULL THEN 'before v' || before END, 'by ' || actor)
     FROM model_role_changes WHERE at >= :start AND at < :end ORDER BY id DESC LIMIT 100)
    UNION ALL
    (SELECT opened_at, 'incident', title, '', id, summary
     FROM incidents WHERE opened_at >= :start AND opened_at < :end AND kind <> 'canary' AND inhibited_by IS NULL
     ORDER BY opened_at DESC, id LIMIT 100)
) found ORDER BY t, kind, ref

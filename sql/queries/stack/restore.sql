-- name: emptied
-- Drop all that is ours in the schema `public`, what a newer release added included; what belongs to extensions stays.
DO $$
DECLARE
    statement text;
BEGIN
    -- All names first: what one statement takes along has no name afterwards.
    FOREACH statement IN ARRAY ARRAY(
        SELECT format('DROP %s IF EXISTS %s CASCADE', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
            WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, oid::regclass)
        FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
            AND NOT relispartition
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid
                AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype = 'i'))
        UNION ALL
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)
        FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        SELECT format('DROP TYPE IF EXISTS %s CASCADE', oid::regtype)
        FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
    )
    LOOP
        EXECUTE statement;
    END LOOP;
END $$

-- name: signs
-- Whether the audit log that was put back takes signed rows.
SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'audit_log' AND column_name = 'mac'

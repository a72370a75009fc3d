-- Functions look only where nobody else can put something.

-- A role that may make temporary tables could make one with the name of ours, which a trigger would
-- then count in. A function that is made later says `set search_path` itself.
do $$
declare
    own regprocedure;
begin
    for own in
        select p.oid from pg_proc p
        where p.pronamespace = 'public'::regnamespace and p.proowner = current_user::regrole
    loop
        execute format('alter function %s set search_path = pg_catalog, public, pg_temp', own);
    end loop;
end $$;

-- The portal makes no temporary tables. Where the database belongs to another role, this role may
-- not say so; `portal doctor` then does.
do $$
begin
    execute format('revoke temporary on database %I from public', current_database());
exception when insufficient_privilege then
    null;
end $$;

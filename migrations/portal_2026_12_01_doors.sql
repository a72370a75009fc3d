-- Single sign-on and provisioning after a review: what a change of the provider ends, and who counts
-- as the last owner.

-- Revoke the provisioning token of a connection, for the domain below; false where none works.
create function revoke_provisioning_token(provider uuid, at timestamptz) returns boolean
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    update provisioning_token set revoked_at = at, unshown = null
    where connection = provider and revoked_at is null;
    return found;
end
$$;

-- An owner whose account is disabled does not stand in for one who can sign in. Where the one who
-- leaves cannot sign in either, any other owner is enough.
create or replace function check_last_owner() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if old.role = 'owner' and (tg_op = 'DELETE' or new.role <> 'owner') then
        perform require_read_committed();
        perform 1 from contract where id = old.contract for update;
        if not exists (
            select 1 from membership m join portal_user u on u.id = m."user"
            where m.contract = old.contract and m.role = 'owner' and m.id <> old.id
              and (u.disabled_at is null
                   or (select w.disabled_at is not null from portal_user w where w.id = old."user"))
        ) and exists (
            select 1 from contract
            where id = old.contract and ends_on >= (now() at time zone time_zone)::date
        ) then
            raise exception 'contract % would have no owner', old.contract
                using errcode = 'check_violation', constraint = 'contract_keeps_an_owner';
        end if;
    end if;
    return null;
end $$;

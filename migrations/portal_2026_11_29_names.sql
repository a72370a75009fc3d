-- One word for one thing, in code and in the database.

-- Events are linked into a chain, and secrets are encrypted. Both were called sealed.
alter table audit_seal rename to audit_link;
alter table audit_link rename column link to digest;
alter table audit_link rename column sealed_at to linked_at;
alter table audit_link rename constraint audit_seal_pkey to audit_link_pkey;
alter table audit_link rename constraint audit_seal_number_check to audit_link_number_check;
alter table audit_link rename constraint audit_seal_event_key to audit_link_event_key;
alter table audit_link rename constraint audit_seal_link_key to audit_link_digest_key;
alter table audit_link rename constraint audit_seal_link_check to audit_link_digest_check;
alter trigger audit_seal_append_only on audit_link rename to audit_link_append_only;

alter table audit_unsealed rename to audit_unlinked;
alter table audit_unlinked rename constraint audit_unsealed_pkey to audit_unlinked_pkey;
alter trigger audit_unsealed_append_only on audit_unlinked rename to audit_unlinked_append_only;
alter trigger audit_unsealed_until_sealed on audit_unlinked rename to audit_unlinked_until_linked;

alter function queue_for_sealing() rename to queue_for_linking;
create or replace function queue_for_linking() returns trigger language plpgsql as $$
begin
    insert into audit_unlinked (event) values (new.id);
    return null;
end $$;

alter function keep_unsealed() rename to keep_unlinked;
create or replace function keep_unlinked() returns trigger language plpgsql as $$
begin
    if exists (select 1 from gone left join audit_link l using (event) where l.event is null) then
        raise exception 'an event leaves the queue only when it is linked'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;

-- The task keeps its times; under a new name alone it would look as if it had never been done.
update background_task set name = 'audit-linking' where name = 'audit-sealing';

alter table authenticator_app rename column sealed_secret to encrypted_secret;

-- An act is what a person confirms. What an event is about has a type.
alter table audit_event rename column act to event_type;
alter index audit_event_by_act rename to audit_event_by_type;
alter index audit_event_of_act rename to audit_event_of_type;
alter index audit_event_of_actor_and_act rename to audit_event_of_actor_and_type;

-- Products have terms, too: their first to last usable days.
alter table terms rename to terms_of_use;
alter table terms_of_use rename constraint terms_pkey to terms_of_use_pkey;
alter table terms_of_use rename constraint terms_version_key to terms_of_use_version_key;
alter table terms_of_use rename constraint terms_version_check to terms_of_use_version_check;
alter table terms_acceptance rename to terms_of_use_acceptance;
alter table terms_of_use_acceptance rename column terms to terms_of_use;
alter table terms_of_use_acceptance
    rename constraint terms_acceptance_pkey to terms_of_use_acceptance_pkey;
alter table terms_of_use_acceptance
    rename constraint terms_acceptance_user_fkey to terms_of_use_acceptance_user_fkey;
alter table terms_of_use_acceptance
    rename constraint terms_acceptance_terms_fkey to terms_of_use_acceptance_terms_of_use_fkey;
alter table terms_of_use_acceptance
    rename constraint terms_acceptance_user_terms_key to terms_of_use_acceptance_user_terms_of_use_key;
alter table registration rename column terms to terms_of_use;
alter table registration
    rename constraint registration_terms_fkey to registration_terms_of_use_fkey;

-- From version 18 on PostgreSQL keeps NOT NULL as a constraint with a name, too.
do $$
declare
    stale record;
begin
    for stale in
        select c.conname, c.conrelid::regclass as place,
               t.relname || '_' || a.attname || '_not_null' as wanted
        from pg_constraint c
        join pg_class t on t.oid = c.conrelid
        join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
        where c.contype = 'n' and t.relname in ('audit_event', 'audit_link', 'audit_unlinked',
            'authenticator_app', 'registration', 'terms_of_use', 'terms_of_use_acceptance')
    loop
        if stale.conname <> stale.wanted then
            execute format('alter table %s rename constraint %I to %I',
                stale.place, stale.conname, stale.wanted);
        end if;
    end loop;
end $$;

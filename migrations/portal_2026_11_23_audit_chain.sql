-- The audit log as a chain: each seal's link is a hash over the link before it and its event.

-- No foreign key to the event: a seal has to outlive an event that somebody took away, or nobody
-- could tell which one is missing.
create table audit_seal (
    number bigint primary key check (number > 0),
    event uuid not null unique,
    link bytea not null unique check (octet_length(link) = 32),
    sealed_at timestamptz not null
);

-- How far the chain went, signed by the portal; one for each round of sealing.
create table audit_head (
    number bigint primary key check (number > 0),
    signed text not null,
    signed_at timestamptz not null
);

-- Events that wait for their seal. A row is seen when its act has committed, however late that
-- is, so nothing is skipped as it would be behind a mark of "sealed up to here".
create table audit_unsealed (
    event uuid primary key
);

create function queue_for_sealing() returns trigger language plpgsql as $$
begin
    insert into audit_unsealed (event) values (new.id);
    return null;
end $$;
create trigger audit_event_queued after insert on audit_event
    for each row execute function queue_for_sealing();

create function keep_unsealed() returns trigger language plpgsql as $$
begin
    if exists (select 1 from gone left join audit_seal s using (event) where s.event is null) then
        raise exception 'an event leaves the queue only sealed'
            using errcode = 'insufficient_privilege';
    end if;
    return null;
end $$;
create trigger audit_unsealed_until_sealed after delete on audit_unsealed
    referencing old table as gone for each statement execute function keep_unsealed();
create trigger audit_unsealed_append_only before update or truncate on audit_unsealed
    for each statement execute function refuse_audit_change();

create trigger audit_seal_append_only before update or delete or truncate on audit_seal
    for each statement execute function refuse_audit_change();
create trigger audit_head_append_only before update or delete or truncate on audit_head
    for each statement execute function refuse_audit_change();

insert into audit_unsealed (event) select id from audit_event;

-- A contract's history, newest first, as it is or by act or by person.
drop index audit_event_contract_id_idx;
create index audit_event_by_time on audit_event (contract, at, id) where contract is not null;
create index audit_event_by_act on audit_event (contract, act, at, id) where contract is not null;
create index audit_event_by_actor on audit_event (contract, actor, at, id)
    where contract is not null;

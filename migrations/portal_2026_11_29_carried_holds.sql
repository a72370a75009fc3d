-- A file that was issued before another entitlement took the place of the one it names keeps the
-- old term. What it still uses from that day on is also held of the new entitlement, so that the same
-- count is not allocated a second time; at most what the environment was allocated then.
create table carried_hold (
    id uuid primary key,
    activation uuid not null references activation on delete restrict,
    entitlement uuid not null references entitlement on delete restrict,
    quantity integer not null check (quantity > 0),
    unique (activation, entitlement)
);
create index carried_hold_entitlement on carried_hold (entitlement);
create trigger carried_hold_lock before insert or update or delete on carried_hold
    for each row execute function lock_entitlement();
create trigger carried_hold_within_entitlement after insert or update on carried_hold
    for each row execute function check_counts_after();

create or replace view hold as
    select a.environment, p.entitlement, max(p.quantity) as quantity,
           max(a.expires_at) as until
    from activation a join (
        select activation, entitlement, quantity from activation_product
        union all
        select activation, entitlement, quantity from carried_hold
    ) p on p.activation = a.id
    where a.ended_at is null and a.expires_at > now()
    group by a.environment, p.entitlement;

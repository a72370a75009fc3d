-- What the vendor's staff change: two of them notice each other, and some things stay forbidden
-- whoever changes them.

-- Every change counts, whichever way it comes, so that a form made before it is told.
create function count_revision() returns trigger language plpgsql as $$
begin
    new.revision := old.revision + 1;
    return new;
end $$;

alter table corporate_group add column revision integer not null default 1;
alter table company add column revision integer not null default 1;
alter table contract add column revision integer not null default 1;
alter table product add column revision integer not null default 1;
alter table entitlement add column revision integer not null default 1;
create trigger corporate_group_revision before update on corporate_group
    for each row execute function count_revision();
create trigger company_revision before update on company
    for each row execute function count_revision();
create trigger contract_revision before update on contract
    for each row execute function count_revision();
create trigger product_revision before update on product
    for each row execute function count_revision();
create trigger entitlement_revision before update on entitlement
    for each row execute function count_revision();

-- The vendor invites the first owner of a contract; owners invite members.
alter table invitation add column role text not null default 'member'
    check (role in ('owner', 'member'));

-- What a count means is fixed once somebody has one. The lock waits for those who refer to the
-- product at this moment; whoever comes later refers to the new unit.
create function check_product_unit() returns trigger language plpgsql as $$
begin
    if new.unit = old.unit and new.code = old.code then
        return new;
    end if;
    perform require_read_committed();
    perform 1 from product where id = old.id for update;
    if exists (select 1 from entitlement where product = old.id)
        or exists (select 1 from license_key where product = old.id) then
        raise exception 'product % is in use', old.code
            using errcode = 'check_violation', constraint = 'product_in_use_keeps_its_unit';
    end if;
    return new;
end $$;
create trigger product_in_use_keeps_its_unit before update of unit, code on product
    for each row execute function check_product_unit();

-- The portal keeps somebody who can let others in. Whoever takes the role away waits for the others
-- who do, and counts again.
create function check_last_administrator() returns trigger language plpgsql as $$
begin
    if old.staff_role is distinct from 'administrator' or old.disabled_at is not null then
        return null;
    end if;
    if tg_op = 'UPDATE' and new.staff_role = 'administrator' and new.disabled_at is null then
        return null;
    end if;
    perform require_read_committed();
    perform pg_advisory_xact_lock(hashtext('the last administrator'));
    if not exists (
        select 1 from portal_user where staff_role = 'administrator' and disabled_at is null
    ) then
        raise exception 'the portal would have no administrator'
            using errcode = 'check_violation', constraint = 'portal_keeps_an_administrator';
    end if;
    return null;
end $$;
create trigger portal_keeps_an_administrator
    after update of staff_role, disabled_at or delete on portal_user
    for each row execute function check_last_administrator();

-- Whoever issues a batch takes its keys away once; after that it is the administrators' to do.
create table license_key_export (
    batch uuid primary key,
    exported_by uuid references portal_user on delete set null,
    exported_at timestamptz not null
);

-- What the lists of the console are sorted and paged by.
create index company_reading on company (reading, id);
create index company_name_order on company (name, id);
create index contract_end on contract (ends_on, id);
create index license_key_issued on license_key (issued_at desc, id desc);

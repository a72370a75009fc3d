-- License keys: issued in batches, found however their dashes are typed, and perhaps meant for
-- one contract.

alter table license_key
    add column contract uuid references contract on delete restrict,
    add column batch uuid,
    add constraint license_key_code check (code ~ '^[0-9A-Z]+(-[0-9A-Z]+)*$');
create index on license_key (batch);
create unique index license_key_characters on license_key (replace(code, '-', ''));

-- A revoked key is never redeemed, a redeemed one never revoked, and a key that is meant for one
-- contract is redeemed by that one. The key is locked first, so that whoever comes second looks
-- again.
create function check_redemption() returns trigger language plpgsql as $$
declare
    key license_key;
begin
    perform require_read_committed();
    select * into key from license_key where id = new.license_key for share;
    if key.revoked_at is not null or key.contract <> new.contract then
        raise exception 'license key % is not for contract %', new.license_key, new.contract
            using errcode = 'check_violation', constraint = 'license_key_redeemable';
    end if;
    return new;
end $$;
create trigger license_key_redeemable before insert or update of license_key, contract
    on entitlement for each row when (new.license_key is not null)
    execute function check_redemption();

create function check_revocation() returns trigger language plpgsql as $$
begin
    perform require_read_committed();
    if exists (select 1 from entitlement where license_key = new.id) then
        raise exception 'license key % is redeemed', new.id
            using errcode = 'check_violation', constraint = 'license_key_unused';
    end if;
    return new;
end $$;
create trigger license_key_unused before update of revoked_at on license_key
    for each row when (new.revoked_at is not null and old.revoked_at is null)
    execute function check_revocation();

-- Only companies that the vendor put in the same corporate group may share a contract. Moving a
-- company to another group later leaves what is registered.
create index on company (corporate_group);
create function check_group_company() returns trigger language plpgsql as $$
begin
    if not exists (
        select 1 from contract c
        join company own on own.id = c.company
        join company other on other.corporate_group = own.corporate_group and other.id <> own.id
        where c.id = new.contract and other.id = new.company
    ) then
        raise exception 'company % is not of the corporate group of contract %',
            new.company, new.contract
            using errcode = 'check_violation', constraint = 'group_company_of_the_group';
    end if;
    return new;
end $$;
create trigger group_company_of_the_group before insert or update of contract, company
    on group_company for each row execute function check_group_company();

-- A table of allocations changes thousands of rows in one statement: each entitlement is counted
-- once after it, not once for every row. What it counts, and when, stays as it was.
create function check_changed_counts() returns trigger language plpgsql as $$
begin
    perform check_counts(x.entitlement)
    from (select distinct entitlement from changed order by entitlement) x;
    return null;
end $$;
drop trigger allocation_within_entitlement on allocation;
create trigger allocation_within_entitlement after insert on allocation
    referencing new table as changed for each statement
    execute function check_changed_counts();
create trigger allocation_change_within_entitlement after update on allocation
    referencing new table as changed for each statement
    execute function check_changed_counts();

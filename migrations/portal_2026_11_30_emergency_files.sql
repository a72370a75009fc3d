-- How many emergency files each environment of a contract may have.
alter table contract add column emergency_files integer not null default 2
    check (emergency_files between 0 and 5);

-- Files that run a system for some days without a request; made in advance.
create table emergency_file (
    id uuid primary key,
    environment uuid not null references environment on delete restrict,
    slot integer not null check (slot between 1 and 5),
    jti text not null unique,
    kid text not null,
    file text not null,
    issued_by uuid references portal_user on delete set null,
    issued_by_account uuid references service_account on delete restrict,
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    downloaded_at timestamptz,
    replaced_at timestamptz
);
create unique index emergency_file_in_slot on emergency_file (environment, slot)
    where replaced_at is null;
create index on emergency_file (environment);
create index on emergency_file (issued_by);
create index on emergency_file (issued_by_account);

-- What the next request of a system said: a copied file may have been used on several.
create table emergency_use (
    id uuid primary key,
    emergency_file uuid not null references emergency_file on delete restrict,
    environment uuid not null references environment on delete restrict,
    jkt text not null,
    system_name text not null,
    host text not null,
    first_used_at timestamptz not null,
    days_used integer not null check (days_used between 0 and 14),
    reported_at timestamptz not null,
    unique (emergency_file, jkt)
);
create index on emergency_use (environment);

-- Never more files than the contract says, and one again in a slot only after a normal activation.
-- The environment is locked first, so whoever comes second counts again.
create function guard_emergency_file() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
declare
    allowed integer;
    before emergency_file;
    others integer;
begin
    perform require_read_committed();
    perform 1 from environment where id = new.environment and retired_at is null for update;
    if not found then
        raise exception 'environment % is retired', new.environment
            using errcode = 'check_violation', constraint = 'emergency_file_of_an_environment';
    end if;
    select c.emergency_files into allowed from contract c
        join environment e on e.contract = c.id where e.id = new.environment for share of c;
    select count(*) into others from emergency_file f
        where f.environment = new.environment and f.slot <> new.slot and f.replaced_at is null
          and f.expires_at > now()
          and not exists (select from emergency_use u where u.emergency_file = f.id);
    if new.slot > allowed or others >= allowed then
        raise exception 'environment % may have % emergency files', new.environment, allowed
            using errcode = 'check_violation', constraint = 'emergency_file_within_contract';
    end if;
    select * into before from emergency_file f
        where f.environment = new.environment and f.slot = new.slot
        order by f.issued_at desc, f.id desc limit 1;
    if before.expires_at > now() and not exists (
        select from activation a
        where a.environment = new.environment and a.issued_at > before.issued_at
    ) then
        raise exception 'no activation since emergency file %', before.jti
            using errcode = 'check_violation', constraint = 'emergency_file_after_activation';
    end if;
    return new;
end $$;
create trigger emergency_file_guard before insert on emergency_file
    for each row execute function guard_emergency_file();

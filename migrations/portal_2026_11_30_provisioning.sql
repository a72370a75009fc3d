-- Provisioning (SCIM): a company's identity provider makes, changes and deactivates the accounts of
-- its people.

-- Who disabled an account: the vendor, the provider, or first one and then the other.
alter table portal_user add column disabled_by text
    check (disabled_by in ('vendor', 'provider', 'both'));
update portal_user set disabled_by = 'vendor' where disabled_at is not null;
alter table portal_user add constraint disabled_by_whom
    check ((disabled_at is null) = (disabled_by is null));

-- The version before names no one.
create function name_who_disables() returns trigger language plpgsql
    set search_path = pg_catalog, public, pg_temp as $$
begin
    if new.disabled_at is null then
        new.disabled_by := null;
    elsif new.disabled_by is null then
        new.disabled_by := 'vendor';
    end if;
    return new;
end $$;
create trigger portal_user_disabled_by
    before insert or update of disabled_at, disabled_by on portal_user
    for each row execute function name_who_disables();

-- An account that a connection made waits without a subject for the person's first sign-in.
alter table single_sign_on_identity alter column subject drop not null;

-- What the provider signs its calls with: one token for each connection.
create table provisioning_token (
    id uuid primary key,
    connection uuid not null unique references single_sign_on_connection on delete cascade,
    token_hash bytea not null unique,
    unshown bytea,
    made_by uuid references portal_user on delete set null,
    made_at timestamptz not null,
    previous_token_hash bytea unique,
    previous_expires_at timestamptz,
    last_used_at timestamptz,
    last_used_from text not null default '',
    revoked_at timestamptz,
    revision integer not null default 1,
    check ((previous_token_hash is null) = (previous_expires_at is null))
);
create index on provisioning_token (made_by);
create trigger provisioning_token_revision before update on provisioning_token
    for each row execute function count_revision();

-- Whom the provider manages, and what it says of them. A person whom it removed stays here, since
-- their account stays deactivated.
create table provisioned_person (
    id uuid primary key,
    connection uuid not null references single_sign_on_connection on delete cascade,
    "user" uuid not null unique references portal_user on delete cascade,
    user_name text not null check (user_name <> ''),
    external_id text,
    attributes jsonb not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    removed_at timestamptz
);
create unique index provisioned_person_user_name on provisioned_person (connection, lower(user_name))
    where removed_at is null;
create unique index provisioned_person_external_id on provisioned_person (connection, external_id)
    where removed_at is null;
create index on provisioned_person (connection, id);
create trigger provisioned_person_of_a_connection after insert on provisioned_person
    referencing new table as added for each statement
    execute function keep_quota('connection', '20000', '', '0',
        'refuse', 'created_at', '', 'true');

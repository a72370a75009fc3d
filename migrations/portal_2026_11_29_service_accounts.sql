-- Service accounts: what other systems sign their calls with. Each is one contract's. A revoked one
-- stays, since the history names it.
create table service_account (
    id uuid primary key,
    contract uuid not null references contract on delete restrict,
    name text not null check (name <> ''),
    role text not null check (role in ('read', 'operate')),
    token_hash bytea not null unique,
    unshown bytea,
    made_by uuid references portal_user on delete set null,
    made_at timestamptz not null,
    previous_token_hash bytea unique,
    previous_expires_at timestamptz,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    last_used_at timestamptz,
    last_used_from text not null default '',
    revoked_at timestamptz,
    revision integer not null default 1,
    -- A year, and a day for the time zone.
    check (expires_at <= made_at + interval '367 days'),
    check ((previous_token_hash is null) = (previous_expires_at is null))
);
create index on service_account (made_by);
create unique index service_account_name on service_account (contract, normalize(name, nfc))
    where revoked_at is null;
create index service_account_unshown on service_account (made_at) where unshown is not null;
create index service_account_expiry on service_account (expires_at) where revoked_at is null;
-- Its use is no change that two owners could meet at.
create trigger service_account_revision before update of name, role, token_hash, revoked_at
    on service_account for each row execute function count_revision();
create trigger service_account_of_a_contract after insert on service_account
    referencing new table as added for each statement
    execute function keep_quota('contract', '1000', '', '0',
        'refuse', 'created_at', '', 'true');
create trigger service_account_of_a_contract_in_use after insert on service_account
    referencing new table as added for each statement
    execute function keep_quota('contract', '50', '', '0',
        'refuse', 'created_at', '', 't.revoked_at is null');

create view known_service_account as
    select id, contract, role from service_account
    where revoked_at is null and expires_at > now();

-- An activation is issued to a person or to a service account.
alter table activation add column issued_by_account uuid
    references service_account on delete restrict;
alter table activation add check (num_nonnulls(issued_by, issued_by_account) <= 1);
create index on activation (issued_by_account);
create trigger activation_of_a_service_account_a_day after insert on activation
    referencing new table as added for each statement
    execute function keep_quota('issued_by_account', '20000', 'file request_file', '128000000',
        'refuse', 'issued_at', '24 hours', 'true');

-- Owners are reminded of an account 14 and 3 days before.
alter table reminder drop constraint reminder_stage_check;
alter table reminder add constraint reminder_stage_check check (stage in (90, 30, 14, 7, 3));

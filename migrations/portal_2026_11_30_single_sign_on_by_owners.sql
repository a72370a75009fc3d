-- Companies whose owners may set single sign-on up themselves.
create table single_sign_on_delegation (
    id uuid primary key,
    company uuid not null unique references company on delete restrict,
    allowed_by uuid references portal_user on delete set null,
    allowed_at timestamptz not null
);
create index on single_sign_on_delegation (allowed_by);

-- Domains that wait for the record in the DNS. A claim keeps no one else from the domain.
create table single_sign_on_domain_claim (
    id uuid primary key,
    connection uuid not null references single_sign_on_connection on delete cascade,
    domain text not null check (domain = lower(domain) and domain like '%_._%'),
    token text not null check (length(token) >= 32),
    claimed_by uuid references portal_user on delete set null,
    claimed_at timestamptz not null,
    unique (connection, domain)
);
create index on single_sign_on_domain_claim (claimed_by);
create trigger single_sign_on_domain_claim_of_a_connection
    after insert on single_sign_on_domain_claim
    referencing new table as added for each statement
    execute function keep_quota('connection', '50', '', '0',
        'refuse', 'claimed_at', '', 'true');

-- Whether sign-ins ask for the scope offline_access, which some providers need for a refresh token.
alter table single_sign_on_connection add column offline_access boolean not null default false;

-- What the portal asks the provider by, whether the person may still sign in.
alter table session add column provider uuid;
alter table session add column provider_session text;
alter table session add column provider_grant bytea;
alter table session add column provider_checked_at timestamptz;
alter table session add column provider_asked_until timestamptz;
create index on session (provider, provider_session) where provider_session is not null;
alter table session drop constraint session_end_reason;
alter table session add constraint session_end_reason check (end_reason in (
    'other-device', 'staff', 'address-change', 'password-change', 'factor-change',
    'password-reset', 'factor-removal', 'account-disabling', 'single-sign-on', 'provider'));
alter table pending_sign_in add column provider_session text;
alter table pending_sign_in add column provider_grant bytea;

-- Log-out tokens of providers, so that each counts once.
create table single_sign_on_log_out (
    id uuid primary key,
    connection uuid not null references single_sign_on_connection on delete cascade,
    token_hash bytea not null,
    received_at timestamptz not null,
    unique (connection, token_hash)
);
create index on single_sign_on_log_out (connection, received_at);
create index on single_sign_on_log_out (received_at);
create trigger single_sign_on_log_out_of_a_connection after insert on single_sign_on_log_out
    referencing new table as added for each statement
    execute function keep_quota('connection', '50000', '', '0',
        'sweep', 'received_at', '', 'true');

-- Contracts that people join who sign in for the first time without an invitation.
create table single_sign_on_default_contract (
    id uuid primary key,
    connection uuid not null references single_sign_on_connection on delete cascade,
    contract uuid not null references contract on delete cascade,
    chosen_at timestamptz not null,
    unique (connection, contract)
);
create index on single_sign_on_default_contract (contract);

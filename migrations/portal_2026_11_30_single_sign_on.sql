-- Single sign-on: a company's identity provider (OpenID Connect), and the domains whose people it
-- signs in.
create table single_sign_on_connection (
    id uuid primary key,
    company uuid not null unique references company on delete restrict,
    issuer text not null check (issuer <> ''),
    client_id text not null check (client_id <> ''),
    encrypted_secret bytea,
    state text not null default 'draft'
        check (state in ('draft', 'tested', 'offered', 'required')),
    tested_at timestamptz,
    created_at timestamptz not null,
    revision integer not null default 1,
    -- Only what somebody signed in through is offered to others.
    check ((tested_at is null) = (state = 'draft')),
    check (tested_at is null or encrypted_secret is not null)
);
create trigger single_sign_on_connection_revision before update on single_sign_on_connection
    for each row execute function count_revision();

-- A domain is one company's: its provider speaks for every address of it.
create table single_sign_on_domain (
    id uuid primary key,
    connection uuid not null references single_sign_on_connection on delete cascade,
    domain text not null unique check (domain = lower(domain) and domain like '%_._%'),
    reason text not null check (reason <> ''),
    verified_by uuid references portal_user on delete set null,
    verified_at timestamptz not null
);
create index on single_sign_on_domain (connection);
create index on single_sign_on_domain (verified_by);
create trigger single_sign_on_domain_of_a_connection after insert on single_sign_on_domain
    referencing new table as added for each statement
    execute function keep_quota('connection', '50', '', '0',
        'refuse', 'verified_at', '', 'true');

-- Which account a person of the provider has here.
create table single_sign_on_identity (
    id uuid primary key,
    connection uuid not null references single_sign_on_connection on delete cascade,
    subject text not null check (subject <> '' and length(subject) <= 255),
    "user" uuid not null references portal_user on delete cascade,
    linked_at timestamptz not null,
    last_used_at timestamptz not null,
    unique (connection, subject),
    unique (connection, "user")
);
create index on single_sign_on_identity ("user");

-- Owners who keep their password where single sign-on is required.
create table single_sign_on_exception (
    id uuid primary key,
    connection uuid not null references single_sign_on_connection on delete cascade,
    "user" uuid not null references portal_user on delete cascade,
    added_at timestamptz not null,
    unique (connection, "user")
);
create index on single_sign_on_exception ("user");

-- Sign-ins on their way to a provider and back. State, nonce and verifier stay in the browser.
create table single_sign_on_attempt (
    id uuid primary key,
    connection uuid not null references single_sign_on_connection on delete cascade,
    state_hash bytea not null unique,
    tester uuid references portal_user on delete cascade,
    next text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index on single_sign_on_attempt (connection, created_at);
create index on single_sign_on_attempt (tester);
create index on single_sign_on_attempt (expires_at);
create trigger single_sign_on_attempt_of_a_connection after insert on single_sign_on_attempt
    referencing new table as added for each statement
    execute function keep_quota('connection', '50000', '', '0',
        'sweep', 'created_at', '', 'true');

-- A session that a provider vouched for, and the encrypted address that ends the one there.
alter table session add column by_provider boolean not null default false;
alter table session add column provider_exit bytea;
alter table session drop constraint session_end_reason;
alter table session add constraint session_end_reason check (end_reason in (
    'other-device', 'staff', 'address-change', 'password-change', 'factor-change',
    'password-reset', 'factor-removal', 'account-disabling', 'single-sign-on'));
alter table pending_sign_in add column provider uuid;
alter table pending_sign_in add column provider_exit bytea;

-- What accounts know of it. Staff of the vendor belong to no customer's provider.
create view known_sign_in_domain as
    select d.domain, c.company
    from single_sign_on_domain d join single_sign_on_connection c on c.id = d.connection
    where c.state in ('offered', 'required');

create view known_sign_in_rule as
    select u.id as "user", c.company,
           exists (select 1 from single_sign_on_exception e
                   where e.connection = c.id and e."user" = u.id)
           and exists (select 1 from membership m join contract k on k.id = m.contract
                       where m."user" = u.id and m.role = 'owner' and k.company = c.company)
           and (exists (select 1 from authenticator_app f
                        where f."user" = u.id and f.confirmed_at is not null)
                or exists (select 1 from passkey f where f."user" = u.id)) as excepted
    from portal_user u join single_sign_on_connection c on c.state = 'required'
    where u.staff_role is null
      and (exists (select 1 from single_sign_on_domain d
                   where d.connection = c.id and d.domain = split_part(u.email, '@', 2))
           or exists (select 1 from single_sign_on_identity i
                      where i.connection = c.id and i."user" = u.id));

create view known_company_owner as
    select distinct k.company, p.name as company_name, u.id as "user", u.name, u.email, u.language
    from contract k join company p on p.id = k.company
    join membership m on m.contract = k.id and m.role = 'owner'
    join portal_user u on u.id = m."user" and u.disabled_at is null;

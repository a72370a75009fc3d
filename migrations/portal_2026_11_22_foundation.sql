-- Everything the portal keeps. The tables of app/*/tables.py say the same to Piccolo; a test
-- compares the two. What must never happen is forbidden here, whoever writes.

create table corporate_group (
    id uuid primary key,
    name text not null unique
);

create table company (
    id uuid primary key,
    name text not null unique,
    reading text not null,
    corporate_group uuid references corporate_group on delete restrict
);

create table portal_user (
    id uuid primary key,
    code text not null unique check (code = lower(code) and code <> ''),
    name text not null,
    email text not null unique,
    language text not null check (language in ('ja', 'en')),
    password_hash text not null,
    must_change_password boolean not null,
    staff_role text check (staff_role in ('viewer', 'operator', 'administrator')),
    disabled_at timestamptz,
    last_sign_in_at timestamptz,
    created_at timestamptz not null
);

create table terms (
    id uuid primary key,
    version integer not null unique check (version > 0),
    body_ja text not null,
    body_en text not null,
    published_at timestamptz not null
);

create table terms_acceptance (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    terms uuid not null references terms on delete restrict,
    accepted_at timestamptz not null,
    unique ("user", terms)
);

create table session (
    id uuid primary key,
    token_hash bytea not null unique,
    "user" uuid not null references portal_user on delete cascade,
    user_agent text not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null
);
create index on session ("user");

create table device (
    id uuid primary key,
    token_hash bytea not null unique,
    "user" uuid not null references portal_user on delete cascade,
    last_used_at timestamptz not null
);
create index on device ("user");

create table throttle (
    bucket text primary key,
    failures integer not null check (failures >= 0),
    last_failure_at timestamptz not null
);

create table contract (
    id uuid primary key,
    number text not null unique,
    name text not null,
    company uuid not null references company on delete restrict,
    license_type text not null check (license_type in ('term', 'subscription')),
    starts_on date not null,
    ends_on date not null,
    time_zone text not null,
    sales_name text not null,
    sales_email text not null,
    sales_phone text not null,
    check (starts_on <= ends_on)
);
create index on contract (company);

create table contract_change (
    id uuid primary key,
    contract uuid not null references contract on delete restrict,
    kind text not null check (kind in ('signed', 'amended', 'renewed')),
    effective_on date not null,
    note text not null,
    recorded_at timestamptz not null
);
create index on contract_change (contract);

create table membership (
    id uuid primary key,
    "user" uuid not null references portal_user on delete restrict,
    contract uuid not null references contract on delete restrict,
    role text not null check (role in ('owner', 'member')),
    notification boolean not null,
    created_at timestamptz not null,
    unique ("user", contract)
);
create index on membership (contract);

create table group_company (
    id uuid primary key,
    contract uuid not null references contract on delete restrict,
    company uuid not null references company on delete restrict,
    created_at timestamptz not null,
    unique (contract, company),
    unique (id, contract)
);

create table product (
    id uuid primary key,
    code text not null unique,
    name_ja text not null,
    name_en text not null,
    unit text not null check (unit in ('users', 'servers', 'cores')),
    version text not null
);

create table license_key (
    id uuid primary key,
    code text not null unique,
    product uuid not null references product on delete restrict,
    quantity integer not null check (quantity > 0),
    starts_on date not null,
    ends_on date not null,
    issued_at timestamptz not null,
    revoked_at timestamptz,
    check (starts_on <= ends_on)
);

create table entitlement (
    id uuid primary key,
    contract uuid not null references contract on delete restrict,
    product uuid not null references product on delete restrict,
    quantity integer not null check (quantity > 0),
    starts_on date not null,
    ends_on date not null,
    license_key uuid unique references license_key on delete restrict,
    created_at timestamptz not null,
    check (starts_on <= ends_on),
    unique (id, contract)
);
create index on entitlement (contract);

create table environment (
    id uuid primary key,
    contract uuid not null references contract on delete restrict,
    name text not null check (name <> ''),
    sort_key integer not null check (sort_key between 0 and 999999),
    group_company uuid,
    version integer not null default 1,
    created_at timestamptz not null,
    retired_at timestamptz,
    unique (id, contract),
    foreign key (group_company, contract) references group_company (id, contract)
        on delete restrict
);
create unique index environment_name on environment (contract, name) where retired_at is null;
create index environment_order on environment (contract, sort_key, id);

create table allocation (
    id uuid primary key,
    contract uuid not null,
    environment uuid not null,
    entitlement uuid not null,
    quantity integer not null check (quantity > 0),
    unique (environment, entitlement),
    foreign key (environment, contract) references environment (id, contract) on delete restrict,
    foreign key (entitlement, contract) references entitlement (id, contract) on delete restrict
);
create index on allocation (entitlement);

create table signing_key (
    id uuid primary key,
    kid text not null unique,
    public_key bytea not null,
    private_key bytea not null,
    not_before timestamptz not null,
    not_after timestamptz not null,
    created_at timestamptz not null,
    check (not_before < not_after)
);

create table keyset (
    id uuid primary key,
    version integer not null unique check (version > 0),
    document text not null,
    signed text,
    created_at timestamptz not null,
    activated_at timestamptz,
    check ((signed is null) = (activated_at is null))
);

create table activation (
    id uuid primary key,
    environment uuid not null references environment on delete restrict,
    seq bigint not null check (seq > 0),
    jti text not null unique,
    kid text not null,
    file text not null,
    request_jti text not null unique,
    request_file text not null,
    jkt text not null,
    issued_by uuid references portal_user on delete set null,
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    moved boolean not null,
    downloaded_at timestamptz,
    ended_at timestamptz,
    end_reason text check (end_reason in ('superseded', 'returned', 'released')),
    return_jti text unique,
    return_file text,
    unique (environment, seq),
    check ((ended_at is null) = (end_reason is null)),
    check ((return_jti is null) = (return_file is null))
);

create table activation_product (
    id uuid primary key,
    activation uuid not null references activation on delete restrict,
    entitlement uuid not null references entitlement on delete restrict,
    quantity integer not null check (quantity > 0),
    starts_on date not null,
    ends_on date not null,
    unique (activation, entitlement)
);
create index on activation_product (entitlement);

-- The counts in files that still run at the customer's site.
create view hold as
    select a.environment, p.entitlement, max(p.quantity) as quantity,
           max(a.expires_at) as until
    from activation a join activation_product p on p.activation = a.id
    where a.ended_at is null and a.expires_at > now()
    group by a.environment, p.entitlement;

create table resource (
    id uuid primary key,
    name text not null,
    version text not null,
    media_type text not null,
    size bigint not null check (size >= 0),
    sha256 text not null,
    storage_key text not null unique,
    published_at timestamptz not null,
    withdrawn_at timestamptz
);

create table resource_product (
    id uuid primary key,
    resource uuid not null references resource on delete cascade,
    product uuid not null references product on delete restrict,
    unique (resource, product)
);

create table notice (
    id uuid primary key,
    title_ja text not null,
    title_en text not null,
    body_ja text not null,
    body_en text not null,
    published_at timestamptz not null
);

create table notice_product (
    id uuid primary key,
    notice uuid not null references notice on delete cascade,
    product uuid not null references product on delete restrict,
    unique (notice, product)
);

create table quote_request (
    id uuid primary key,
    reference text not null unique,
    contract uuid not null references contract on delete restrict,
    state text not null
        check (state in ('received', 'in-review', 'answered', 'concluded', 'withdrawn')),
    requested_by uuid references portal_user on delete set null,
    requested_at timestamptz not null,
    note text not null,
    answer text not null default '',
    answered_at timestamptz,
    answer_file text,
    answer_file_name text
);
create index on quote_request (contract);

create table quote_line (
    id uuid primary key,
    quote_request uuid not null references quote_request on delete cascade,
    entitlement uuid references entitlement on delete restrict,
    product uuid references product on delete restrict,
    wish text not null check (wish in ('renew', 'change', 'end', 'add')),
    quantity integer check (quantity > 0),
    check ((wish = 'add') = (product is not null)),
    check ((wish = 'add') = (entitlement is null))
);

create table confirmation (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    act text not null,
    payload jsonb not null,
    upload bytea,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    done_at timestamptz,
    location text,
    message text,
    refusal jsonb
);
create index on confirmation ("user");

create table parked_form (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    path text not null,
    content_type text not null,
    form bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index on parked_form ("user");

create table audit_event (
    id uuid primary key,
    at timestamptz not null,
    act text not null,
    actor uuid,
    contract uuid,
    subject uuid,
    details jsonb not null,
    request_id text not null
);
create index on audit_event (contract, id);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'audit events are never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_event_append_only before update or delete or truncate on audit_event
    for each statement execute function refuse_audit_change();

-- Never more than the entitlement: sum over environments of max(allocated, held).
create function counts_in_use(wanted uuid) returns bigint language sql stable as $$
    select coalesce(sum(greatest(coalesce(a.quantity, 0), coalesce(h.quantity, 0))), 0)
    from (select environment, quantity from allocation where entitlement = wanted) a
    full join (select environment, quantity from hold where entitlement = wanted) h
        using (environment)
$$;

-- The rules below lock first and then look again. A transaction with one snapshot for all of its
-- statements would look at what it saw before it waited, and so it is refused.
create function require_read_committed() returns void language plpgsql as $$
begin
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception 'this change needs the isolation level read committed'
            using errcode = 'feature_not_supported';
    end if;
end $$;

create function check_counts(wanted uuid) returns void language plpgsql as $$
declare
    contracted integer;
    used bigint;
begin
    perform require_read_committed();
    select quantity into contracted from entitlement where id = wanted for update;
    used := counts_in_use(wanted);
    if used > contracted then
        raise exception 'entitlement % has % but % are in use', wanted, contracted, used
            using errcode = 'check_violation', constraint = 'allocation_within_entitlement';
    end if;
end $$;

-- The entitlement is locked before the row changes, so that whoever comes second counts again;
-- environment first, then entitlement: the order that the services keep too.
create function lock_entitlement() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'allocation' and tg_op <> 'DELETE' then
        perform 1 from environment where id = new.environment and retired_at is null for share;
        if not found then
            raise exception 'environment % is retired', new.environment
                using errcode = 'check_violation', constraint = 'allocation_environment_runs';
        end if;
    end if;
    if tg_op <> 'INSERT' then
        perform 1 from entitlement where id = old.entitlement for update;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    perform 1 from entitlement where id = new.entitlement for update;
    return new;
end $$;
create trigger allocation_lock before insert or update or delete on allocation
    for each row execute function lock_entitlement();
create trigger activation_product_lock before insert or update or delete on activation_product
    for each row execute function lock_entitlement();

create function check_counts_after() returns trigger language plpgsql as $$
begin
    perform check_counts(new.entitlement);
    return null;
end $$;
create trigger allocation_within_entitlement after insert or update on allocation
    for each row execute function check_counts_after();
create trigger activation_within_entitlement after insert or update on activation_product
    for each row execute function check_counts_after();

create function check_entitlement_counts() returns trigger language plpgsql as $$
begin
    perform check_counts(new.id);
    return null;
end $$;
create trigger entitlement_covers_allocations after update of quantity on entitlement
    for each row execute function check_entitlement_counts();

-- A file that still runs is not ended by making it younger or by reviving it.
create function check_activation_end() returns trigger language plpgsql as $$
begin
    if old.ended_at is not null and new.ended_at is null then
        raise exception 'activation % has ended', old.id using errcode = 'check_violation';
    end if;
    if (new.environment, new.seq, new.jti, new.file, new.request_jti, new.expires_at)
        is distinct from
       (old.environment, old.seq, old.jti, old.file, old.request_jti, old.expires_at) then
        raise exception 'an issued activation is never changed'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger activation_fixed before update on activation
    for each row execute function check_activation_end();

create function check_retirement() returns trigger language plpgsql as $$
begin
    perform require_read_committed();
    if new.retired_at is not null and exists (
        select 1 from allocation where environment = new.id
    ) then
        raise exception 'environment % still has allocations', new.id
            using errcode = 'check_violation', constraint = 'retired_without_allocations';
    end if;
    return new;
end $$;
create trigger environment_retirement before update of retired_at on environment
    for each row execute function check_retirement();

create function check_last_owner() returns trigger language plpgsql as $$
begin
    if old.role = 'owner' and (tg_op = 'DELETE' or new.role <> 'owner') then
        perform require_read_committed();
        perform 1 from contract where id = old.contract for update;
        if not exists (
            select 1 from membership
            where contract = old.contract and role = 'owner' and id <> old.id
        ) and exists (
            select 1 from contract
            where id = old.contract and ends_on >= (now() at time zone time_zone)::date
        ) then
            raise exception 'contract % would have no owner', old.contract
                using errcode = 'check_violation', constraint = 'contract_keeps_an_owner';
        end if;
    end if;
    return null;
end $$;
create trigger contract_keeps_an_owner after update or delete on membership
    for each row execute function check_last_owner();

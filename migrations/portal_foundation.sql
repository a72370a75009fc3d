-- Everything the portal keeps, domain by domain. The tables of app/*/tables.py say the same to
-- Piccolo; a test compares the two. What must never happen is forbidden here, whoever writes.
--
-- This file is frozen from the first release on: a later change is a migration of its own.

-- ---- For all domains ----

-- The rules below lock first and then look again. A transaction with one snapshot for all of its
-- statements would look at what it saw before it waited, and so it is refused.
create function require_read_committed() returns void language plpgsql as $$
begin
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception 'this change needs the isolation level read committed'
            using errcode = 'feature_not_supported';
    end if;
end $$;

-- Every change counts, whichever way it comes, so that a form made before it is told.
create function count_revision() returns trigger language plpgsql as $$
begin
    new.revision := old.revision + 1;
    return new;
end $$;

-- The first instant after a day in a time zone; app/days.py:end_of answers the same. Where clocks
-- jump at midnight, 00:00 is missing or comes twice, and `at time zone` alone is up to a day off.
create function end_of_day(day date, time_zone text) returns timestamptz language plpgsql stable as $$
declare
    -- A midnight that is skipped is taken by the offset before the gap, one that comes twice is its
    -- second pass: this is an instant of the following days or their first.
    ends timestamptz := (day + 1)::timestamp at time zone time_zone;
    before timestamptz := ends - interval '26 hours';
    middle timestamptz;
begin
    if ((ends - interval '1 microsecond') at time zone time_zone)::date <= day then
        return ends;
    end if;
    while ends - before > interval '1 second' loop
        middle := before + make_interval(
            secs => floor(extract(epoch from ends - before) / 2)::double precision);
        if (middle at time zone time_zone)::date <= day then
            before := middle;
        else
            ends := middle;
        end if;
    end loop;
    return ends;
end
$$;

-- Arguments: the columns that say whose row it is; the most rows; the columns that are measured; the
-- most bytes of them; 'sweep' or 'refuse'; the column of a row's age; how long ago counts, empty for
-- always; a condition on rows `t`.
--
-- Counting takes an advisory lock for each owner of rows, so that parallel transactions count one
-- after the other. A large quota is counted without it until half of it is used: no more than the
-- other half can be on its way. Sweeping never waits for a row that somebody has locked.
create function keep_quota() returns trigger language plpgsql as $$
declare
    most_rows constant bigint := tg_argv[1];
    most_bytes constant bigint := tg_argv[3];
    whom constant text := (
        select string_agg(format('%I', name), ', ')
        from unnest(string_to_array(tg_argv[0], ' ')) name);
    same constant text := (
        select string_agg(format('t.%1$I = me.%1$I', name), ' and ')
        from unnest(string_to_array(tg_argv[0], ' ')) name);
    size constant text := coalesce((
        select string_agg(format('coalesce(pg_column_size(t.%I), 0)', name), ' + ')
        from unnest(string_to_array(tg_argv[2], ' ')) name), '0');
    counted text := format('from %1$I me join %1$I t on %2$s where %3$s',
                           tg_table_name, same, tg_argv[7]);
    mine text;
    added_rows record;
    used_rows bigint;
    used_bytes bigint;
begin
    if tg_argv[6] <> '' then
        counted := counted || format(' and t.%I > now() - %L::interval', tg_argv[5], tg_argv[6]);
    end if;
    mine := counted || ' and me.id = $1';
    for added_rows in execute format(
        'select * from (select distinct on (%1$s) id, (%1$s)::text as whom from added'
        '     where (%1$s) is not null order by %1$s, id) first'
        ' where $1 < 1000 or (select count(*) * 2 > $1 or ($2 > 0 and sum(%2$s) * 2 > $2)'
        '     %3$s and me.id = first.id)',
        whom, size, counted) using most_rows, most_bytes
    loop
        perform pg_advisory_xact_lock(
            hashtextextended(tg_table_name || tg_argv[0] || added_rows.whom, 0));
        execute format('select count(*), coalesce(sum(%s), 0) %s', size, mine)
            into used_rows, used_bytes using added_rows.id;
        continue when used_rows <= most_rows and (most_bytes = 0 or used_bytes <= most_bytes);
        if tg_argv[4] = 'sweep' then
            execute format(
                'with ranked as (select t.id, row_number() over newest as place,'
                '     sum(%1$s) over newest as bytes %2$s'
                '     window newest as (order by t.%3$I desc, t.id desc)),'
                ' spare as (select id from ranked'
                '     where place > $2 or (place > 1 and $3 > 0 and bytes > $3)),'
                ' free as (select id from %4$I where id in (select id from spare)'
                '     for update skip locked)'
                ' delete from %4$I where id in (select id from free)',
                size, mine, tg_argv[5], tg_table_name)
                using added_rows.id, most_rows, most_bytes;
            execute format('select count(*), coalesce(sum(%s), 0) %s', size, mine)
                into used_rows, used_bytes using added_rows.id;
            continue when used_rows <= 1
                or used_rows <= most_rows and (most_bytes = 0 or used_bytes <= most_bytes);
        end if;
        raise exception '% is used up', tg_name
            using errcode = 'program_limit_exceeded', table = tg_table_name, constraint = tg_name;
    end loop;
    return null;
end $$;

-- ---- background: when background tasks were done ----

-- Any process may do a task, on any machine; whether one still does is told here.
create table background_task (
    name text primary key,
    done_at timestamptz,
    failed_at timestamptz,
    failures integer not null check (failures >= 0)
);

-- ---- audit: the audit log, and the chain that its events are linked into ----
--
-- Each seal's link is a hash over the link before it and its event.

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
create index audit_event_by_time on audit_event (contract, at, id) where contract is not null;
create index audit_event_by_act on audit_event (contract, act, at, id) where contract is not null;
create index audit_event_by_actor on audit_event (contract, actor, at, id)
    where contract is not null;
create index audit_event_at on audit_event (at, id);
create index audit_event_of_actor on audit_event (actor, at, id) where actor is not null;
create index audit_event_of_act on audit_event (act, at, id);
-- Events of one kind by one person are counted when another one is recorded.
create index audit_event_of_actor_and_act on audit_event (actor, act, at) where actor is not null;

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

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'audit events are never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_event_append_only before update or delete or truncate on audit_event
    for each statement execute function refuse_audit_change();
create trigger audit_unsealed_append_only before update or truncate on audit_unsealed
    for each statement execute function refuse_audit_change();
create trigger audit_seal_append_only before update or delete or truncate on audit_seal
    for each statement execute function refuse_audit_change();
create trigger audit_head_append_only before update or delete or truncate on audit_head
    for each statement execute function refuse_audit_change();

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

-- ---- mail: the outbox ----

-- Whom a mail is for and what it says is sealed; a delivered mail keeps neither. What stays says
-- that there was a mail of this kind about that row, and how it went.
create table mail (
    id uuid primary key,
    template text not null check (template <> ''),
    about uuid,
    content bytea,
    state text not null check (state in ('queued', 'sent', 'failed')),
    reason text,
    answer text not null,
    failures integer not null check (failures >= 0),
    created_at timestamptz not null,
    valid_until timestamptz,
    -- When it may be tried; a worker that takes it moves this ahead by its lease.
    due_at timestamptz not null,
    lease uuid,
    settled_at timestamptz,
    check ((state = 'queued') = (settled_at is null)),
    check ((state = 'failed') = (reason is not null)),
    check (state <> 'queued' or content is not null),
    check (state <> 'sent' or content is null),
    constraint mail_reason_check check (
        reason in ('refused', 'exhausted', 'expired', 'unreadable', 'discarded')),
    -- What was thrown away cannot be sent again.
    constraint mail_discarded_is_empty
        check (reason is distinct from 'discarded' or content is null)
);
create index on mail (due_at) where state = 'queued';
create index on mail (about);
create index mail_by_age on mail (created_at desc, id desc);
create index mail_failed on mail (settled_at) where state = 'failed';

-- ---- accounts: users, sessions, terms of use, and everything that proves who a person is ----
--
-- Links are mailed, and only the SHA-256 of their tokens is kept. No second factor opens an account
-- by itself: secrets of authenticator apps are sealed under the portal's secret file, of recovery
-- codes only the SHA-256 is kept, and of a passkey only its public half is ever known.
--
-- Everything that proves who a person is, or that waits to change it, belongs to one generation of
-- the account's credentials. A change of the credentials begins the next generation, and what was
-- given out before is void wherever it is looked up.

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
    created_at timestamptz not null,
    credential_generation integer not null default 1 check (credential_generation > 0)
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
    expires_at timestamptz not null,
    -- When the person last proved who they are: by log-in, or anew before credentials change.
    proved_at timestamptz not null default now(),
    generation integer not null,
    -- A session that somebody else ended stays known for a while: its browser is told why it is
    -- signed out, and a form that it sends afterwards is kept for the person.
    ended_at timestamptz,
    end_reason text,
    constraint session_end_reason check (end_reason in (
        'other-device', 'staff', 'address-change', 'password-change', 'factor-change',
        'password-reset', 'factor-removal', 'account-disabling')),
    constraint session_end check ((ended_at is null) = (end_reason is null))
);
create index on session ("user");

create table device (
    id uuid primary key,
    token_hash bytea not null unique,
    "user" uuid not null references portal_user on delete cascade,
    last_used_at timestamptz not null,
    generation integer not null
);
create index on device ("user");

create table throttle (
    bucket text primary key,
    failures integer not null default 0 check (failures >= 0),
    last_failure_at timestamptz not null default now(),
    -- A bucket is when it will be empty; one that has drained says nothing and is swept.
    account text not null default '',
    drained_at timestamptz not null default now()
);
-- To unlock and to erase an account.
create index on throttle (account) where account <> '';
create index on throttle (drained_at);

create table parked_form (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    path text not null,
    content_type text not null,
    form bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    -- Which browser sent a kept form: the person is told before it is sent again.
    session uuid references session on delete set null
);
create index on parked_form ("user");
create index parked_form_session on parked_form (session);

create table password_reset (
    id uuid primary key,
    token_hash bytea not null unique,
    "user" uuid not null references portal_user on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    check (created_at < expires_at),
    generation integer not null
);
create index on password_reset ("user", created_at);

create table email_change (
    id uuid primary key,
    "user" uuid not null unique references portal_user on delete cascade,
    email text not null check (email = lower(email) and email <> ''),
    token_hash bytea not null unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    generation integer not null
);

create table authenticator_app (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    sealed_secret bytea not null,
    -- The newest time step whose code was used: no code counts twice.
    last_step bigint not null check (last_step >= 0),
    created_at timestamptz not null,
    confirmed_at timestamptz,
    -- Until when the set-up may be finished; an app in use does not expire.
    expires_at timestamptz,
    check ((confirmed_at is null) = (expires_at is not null)),
    generation integer not null
);
create unique index authenticator_app_in_use on authenticator_app ("user")
    where confirmed_at is not null;
create unique index authenticator_app_in_set_up on authenticator_app ("user")
    where confirmed_at is null;

create table passkey (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    credential_id bytea not null unique,
    public_key bytea not null,
    sign_count bigint not null check (sign_count >= 0),
    name text not null,
    created_at timestamptz not null,
    last_used_at timestamptz
);
create index on passkey ("user");

-- What a passkey has to sign; answered once, then gone.
create table passkey_challenge (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    purpose text not null check (purpose in ('registration', 'proof')),
    challenge bytea not null unique,
    expires_at timestamptz not null,
    generation integer not null
);
create index on passkey_challenge ("user");

create table recovery_code (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    code_hash bytea not null unique,
    created_at timestamptz not null,
    used_at timestamptz
);
create index on recovery_code ("user");

-- A log-in whose password was right and whose second factor is still missing. It is no session.
create table pending_sign_in (
    id uuid primary key,
    token_hash bytea not null unique,
    "user" uuid not null references portal_user on delete cascade,
    device uuid references device on delete set null,
    user_agent text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    generation integer not null
);
create index on pending_sign_in ("user");
create index on pending_sign_in (device);

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

-- Whichever way the password, the address or the state of the account changes.
create function begin_credential_generation() returns trigger language plpgsql as $$
begin
    if (new.password_hash, new.email, new.disabled_at)
        is distinct from (old.password_hash, old.email, old.disabled_at) then
        new.credential_generation := old.credential_generation + 1;
    elsif new.credential_generation < old.credential_generation then
        raise exception 'an older generation never comes back'
            using errcode = 'check_violation', constraint = 'credential_generation_grows';
    end if;
    return new;
end $$;
create trigger portal_user_credentials
    before update of password_hash, email, disabled_at, credential_generation on portal_user
    for each row execute function begin_credential_generation();

-- Whichever way a second factor, or a set of recovery codes, comes or goes. Using one is no change.
create function begin_generation_with_factor() returns trigger language plpgsql as $$
begin
    update portal_user set credential_generation = credential_generation + 1
        where id = coalesce(new."user", old."user");
    return null;
end $$;
create trigger passkey_credentials after insert or delete on passkey
    for each row execute function begin_generation_with_factor();
create trigger authenticator_app_added after insert on authenticator_app
    for each row when (new.confirmed_at is not null)
    execute function begin_generation_with_factor();
create trigger authenticator_app_confirmed after update of confirmed_at on authenticator_app
    for each row when (old.confirmed_at is distinct from new.confirmed_at)
    execute function begin_generation_with_factor();
create trigger authenticator_app_removed after delete on authenticator_app
    for each row when (old.confirmed_at is not null)
    execute function begin_generation_with_factor();

create function begin_generation_with_codes() returns trigger language plpgsql as $$
begin
    update portal_user set credential_generation = credential_generation + 1
        where id in (select "user" from changed);
    return null;
end $$;
create trigger recovery_codes_made after insert on recovery_code
    referencing new table as changed
    for each statement execute function begin_generation_with_codes();
create trigger recovery_codes_gone after delete on recovery_code
    referencing old table as changed
    for each statement execute function begin_generation_with_codes();

-- The generation that a row was made in. Whoever writes a row names the generation in which they
-- proved who they are; a row that names none is of the current one.
create function name_credential_generation() returns trigger language plpgsql as $$
begin
    if new.generation is null then
        select credential_generation into new.generation from portal_user where id = new."user";
    end if;
    return new;
end $$;
create trigger session_generation before insert on session
    for each row execute function name_credential_generation();
create trigger device_generation before insert on device
    for each row execute function name_credential_generation();
create trigger pending_sign_in_generation before insert on pending_sign_in
    for each row execute function name_credential_generation();
create trigger passkey_challenge_generation before insert on passkey_challenge
    for each row execute function name_credential_generation();
create trigger authenticator_app_generation before insert on authenticator_app
    for each row execute function name_credential_generation();
create trigger email_change_generation before insert on email_change
    for each row execute function name_credential_generation();
create trigger password_reset_generation before insert on password_reset
    for each row execute function name_credential_generation();

create function keep_session_ended() returns trigger language plpgsql as $$
begin
    raise exception 'a session that ended never runs again'
        using errcode = 'check_violation', constraint = 'session_stays_ended';
end $$;
create trigger session_stays_ended before update on session
    for each row when (old.ended_at is not null
                       and (new.ended_at is null or new.token_hash <> old.token_hash
                            or new.expires_at > old.expires_at))
    execute function keep_session_ended();

create trigger device_of_a_person after insert on device
    referencing new table as added for each statement
    execute function keep_quota('user', '50', '', '0',
        'sweep', 'last_used_at', '', 'true');
create trigger parked_form_of_a_person after insert on parked_form
    referencing new table as added for each statement
    execute function keep_quota('user', '20', 'path form', '4000000',
        'sweep', 'created_at', '', 'true');
create trigger passkey_of_a_person after insert on passkey
    referencing new table as added for each statement
    execute function keep_quota('user', '20', '', '0',
        'refuse', 'created_at', '', 'true');
create trigger passkey_challenge_of_a_person after insert on passkey_challenge
    referencing new table as added for each statement
    execute function keep_quota('user', '50', '', '0',
        'sweep', 'expires_at', '', 'true');
create trigger pending_sign_in_of_a_person after insert on pending_sign_in
    referencing new table as added for each statement
    execute function keep_quota('user', '20', '', '0',
        'sweep', 'created_at', '', 'true');
create trigger session_of_a_person after insert on session
    referencing new table as added for each statement
    execute function keep_quota('user', '100', '', '0',
        'sweep', 'created_at', '', 'true');
create trigger password_reset_of_a_person after insert on password_reset
    referencing new table as added for each statement
    execute function keep_quota('user', '20', '', '0',
        'sweep', 'expires_at', '', 'true');

-- ---- confirmations: what waits for 決定 ----

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

create trigger confirmation_of_a_person after insert on confirmation
    referencing new table as added for each statement
    execute function keep_quota('user', '500', 'payload upload refusal', '16000000',
        'sweep', 'created_at', '', 'true');
-- A refusal is written later, and may be long.
create trigger confirmation_of_a_person_refused after update on confirmation
    referencing new table as added for each statement
    execute function keep_quota('user', '500', 'payload upload refusal', '16000000',
        'sweep', 'created_at', '', 'true');

-- ---- contracts: companies, contracts, and who belongs to them ----

create table corporate_group (
    id uuid primary key,
    name text not null,
    revision integer not null default 1
);
create unique index corporate_group_name on corporate_group (normalize(name, nfc));

create table company (
    id uuid primary key,
    name text not null,
    reading text not null,
    corporate_group uuid references corporate_group on delete restrict,
    revision integer not null default 1
);
create index on company (corporate_group);
-- What the lists of the console are sorted and paged by.
create index company_reading on company (reading, id);
create index company_name_order on company (name, id);
-- One name, one row: Unicode spells "が" as one character or as two, and both look the same. Names
-- are compared in NFC; they are kept as they were written.
create unique index company_name on company (normalize(name, nfc));

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
    check (starts_on <= ends_on),
    revision integer not null default 1,
    -- A contract's days begin and end in its time zone, and many queries ask for its day: one row
    -- with a zone that this server does not know would stop them all.
    constraint contract_time_zone check ((timestamptz 'epoch' at time zone time_zone) is not null)
);
create index on contract (company);
create index contract_end on contract (ends_on, id);

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
create index on group_company (company);

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

-- Only companies that the vendor put in the same corporate group may share a contract. Moving a
-- company to another group later leaves what is registered.
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

create trigger corporate_group_revision before update on corporate_group
    for each row execute function count_revision();
create trigger company_revision before update on company
    for each row execute function count_revision();
create trigger contract_revision before update on contract
    for each row execute function count_revision();

-- ---- people: invitations, and the accounts that join by them ----
--
-- Links are mailed; only the SHA-256 of their tokens is kept.

create table invitation (
    id uuid primary key,
    contract uuid not null references contract on delete restrict,
    email text not null check (email = lower(email) and email <> ''),
    language text not null check (language in ('ja', 'en')),
    token_hash bytea not null unique,
    invited_by uuid references portal_user on delete set null,
    invited_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text check (end_reason in ('accepted', 'cancelled', 'replaced')),
    accepted_by uuid references portal_user on delete set null,
    check ((ended_at is null) = (end_reason is null)),
    check (accepted_by is null or end_reason = 'accepted'),
    -- The vendor invites the first owner of a contract; owners invite members.
    role text not null default 'member' check (role in ('owner', 'member'))
);
-- One open invitation for an address, whoever sends it.
create unique index invitation_open on invitation (contract, email) where ended_at is null;
create index on invitation (invited_by);
create index on invitation (accepted_by);
create index on invitation (email);

create table registration (
    id uuid primary key,
    invitation uuid not null references invitation on delete cascade,
    code text not null,
    name text not null,
    language text not null check (language in ('ja', 'en')),
    password_hash text not null,
    terms uuid references terms on delete restrict,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index on registration (invitation);

-- A link that was used, cancelled or replaced never opens anything again.
create function check_invitation_end() returns trigger language plpgsql as $$
begin
    if old.ended_at is not null and new.ended_at is distinct from old.ended_at then
        raise exception 'invitation % has ended', old.id
            using errcode = 'check_violation', constraint = 'invitation_ends_once';
    end if;
    return new;
end $$;
create trigger invitation_ends_once before update on invitation
    for each row execute function check_invitation_end();

create trigger invitation_of_a_contract after insert on invitation
    referencing new table as added for each statement
    execute function keep_quota('contract', '20000', '', '0',
        'refuse', 'invited_at', '',
        'exists (select 1 from portal_user u where u.id = t.invited_by and u.staff_role is null)');
create trigger invitation_of_a_contract_a_day after insert on invitation
    referencing new table as added for each statement
    execute function keep_quota('contract', '400', '', '0',
        'refuse', 'invited_at', '24 hours',
        'exists (select 1 from portal_user u where u.id = t.invited_by and u.staff_role is null)');
create trigger invitation_of_an_address_a_day after insert on invitation
    referencing new table as added for each statement
    execute function keep_quota('contract email', '5', '', '0',
        'refuse', 'invited_at', '24 hours',
        'exists (select 1 from portal_user u where u.id = t.invited_by and u.staff_role is null)');
create trigger registration_of_an_invitation after insert on registration
    referencing new table as added for each statement
    execute function keep_quota('invitation', '20', '', '0',
        'sweep', 'created_at', '', 'true');

-- ---- products: the catalogue, what a contract entitles to, and license keys ----
--
-- License keys are issued in batches, found however their dashes are typed, and perhaps meant for
-- one contract.

create table product (
    id uuid primary key,
    code text not null unique,
    name_ja text not null,
    name_en text not null,
    unit text not null check (unit in ('users', 'servers', 'cores')),
    version text not null,
    revision integer not null default 1
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
    check (starts_on <= ends_on),
    contract uuid references contract on delete restrict,
    batch uuid,
    constraint license_key_code check (code ~ '^[0-9A-Z]+(-[0-9A-Z]+)*$')
);
create index on license_key (batch);
create unique index license_key_characters on license_key (replace(code, '-', ''));
create index license_key_issued on license_key (issued_at desc, id desc);
-- Asked when the contract goes.
create index on license_key (contract) where contract is not null;

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
    unique (id, contract),
    revision integer not null default 1
);
create index on entitlement (contract);
create index on entitlement (product);

-- Whoever issues a batch takes its keys away once; after that it is the administrators' to do.
create table license_key_export (
    batch uuid primary key,
    exported_by uuid references portal_user on delete set null,
    exported_at timestamptz not null
);

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

create trigger product_revision before update on product
    for each row execute function count_revision();
create trigger entitlement_revision before update on entitlement
    for each row execute function count_revision();

-- ---- environments: the customer's systems, and what is allocated to them ----

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
create index environment_order on environment (contract, sort_key, id);
-- Which environments name a group company: asked by its tab, and whenever one is removed.
create index on environment (group_company) where group_company is not null;
create unique index environment_name on environment (contract, normalize(name, nfc))
    where retired_at is null;

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
-- How much of an entitlement is allocated, and where, from the index alone: a sum over thousands of
-- environments would visit as many places of the table.
create index allocation_use on allocation (entitlement, environment) include (quantity);

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

create trigger environment_of_a_contract after insert on environment
    referencing new table as added for each statement
    execute function keep_quota('contract', '20000', '', '0',
        'refuse', 'created_at', '', 'true');

-- ---- activation: signing keys, activation files, and what is in use of an entitlement ----

-- The fingerprint in a request file: what its components hash to. A file that is none has none.
create function fingerprint_of(file text) returns text[]
language plpgsql immutable strict parallel safe as $$
declare
    payload text := translate(split_part(file, '.', 2), '-_', '+/');
begin
    payload := convert_from(
        decode(rpad(payload, (length(payload) + 3) / 4 * 4, '='), 'base64'), 'utf8');
    return array(select value from json_each_text(payload::json -> 'fp'));
exception when data_exception then
    return '{}';
end $$;

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
-- Erasing a person looks for what they did; a contract's rows are many.
create index on activation (issued_by);
create index activation_fingerprint on activation using gin (fingerprint_of(request_file));
create index activation_jkt on activation (jkt);
create index activation_issued on activation (issued_at desc, id desc);

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

-- A further move of an environment, good for one year from when it was allowed.
create table move_allowance (
    id uuid primary key,
    environment uuid not null references environment on delete restrict,
    reason text not null check (reason <> ''),
    allowed_by uuid references portal_user on delete set null,
    allowed_at timestamptz not null
);
create index on move_allowance (environment, allowed_at);

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

-- The counts in files that still run at the customer's site.
create view hold as
    select a.environment, p.entitlement, max(p.quantity) as quantity,
           max(a.expires_at) as until
    from activation a join (
        select activation, entitlement, quantity from activation_product
        union all
        select activation, entitlement, quantity from carried_hold
    ) p on p.activation = a.id
    where a.ended_at is null and a.expires_at > now()
    group by a.environment, p.entitlement;

-- Never more than the entitlement: sum over environments of max(allocated, held).
create function counts_in_use(wanted uuid) returns bigint language sql stable as $$
    select coalesce(sum(greatest(coalesce(a.quantity, 0), coalesce(h.quantity, 0))), 0)
    from (select environment, quantity from allocation where entitlement = wanted) a
    full join (select environment, quantity from hold where entitlement = wanted) h
        using (environment)
$$;

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
create trigger carried_hold_lock before insert or update or delete on carried_hold
    for each row execute function lock_entitlement();

create function check_counts_after() returns trigger language plpgsql as $$
begin
    perform check_counts(new.entitlement);
    return null;
end $$;
create trigger activation_within_entitlement after insert or update on activation_product
    for each row execute function check_counts_after();
create trigger carried_hold_within_entitlement after insert or update on carried_hold
    for each row execute function check_counts_after();

-- A table of allocations changes thousands of rows in one statement: each entitlement is counted
-- once after it, not once for every row. What it counts, and when, stays as it was.
create function check_changed_counts() returns trigger language plpgsql as $$
begin
    perform check_counts(x.entitlement)
    from (select distinct entitlement from changed order by entitlement) x;
    return null;
end $$;
create trigger allocation_within_entitlement after insert on allocation
    referencing new table as changed for each statement
    execute function check_changed_counts();
create trigger allocation_change_within_entitlement after update on allocation
    referencing new table as changed for each statement
    execute function check_changed_counts();

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

create trigger activation_of_a_person_a_day after insert on activation
    referencing new table as added for each statement
    execute function keep_quota('issued_by', '20000', 'file request_file', '128000000',
        'refuse', 'issued_at', '24 hours', 'true');
create trigger activation_of_an_environment after insert on activation
    referencing new table as added for each statement
    execute function keep_quota('environment', '2000', '', '0',
        'refuse', 'issued_at', '', 'true');
create trigger activation_of_an_environment_a_day after insert on activation
    referencing new table as added for each statement
    execute function keep_quota('environment', '50', '', '0',
        'refuse', 'issued_at', '24 hours', 'true');

-- ---- resources: files to download ----

create table resource (
    id uuid primary key,
    name text not null,
    version text not null,
    media_type text not null,
    size bigint not null check (size >= 0),
    sha256 text not null,
    storage_key text not null unique,
    published_at timestamptz not null,
    withdrawn_at timestamptz,
    -- A withdrawn resource keeps its row, which the history names; its file may go.
    keeps_file boolean not null default true,
    file_deleted_at timestamptz,
    constraint resource_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint resource_kept_while_offered check (keeps_file or withdrawn_at is not null),
    constraint resource_deleted_if_meant check (file_deleted_at is null or not keeps_file),
    revision integer not null default 1
);
create index on resource (published_at) where not keeps_file and file_deleted_at is null;
create index resource_newest on resource (published_at desc, id desc);
create index resource_name_order on resource (name, id);

create table resource_product (
    id uuid primary key,
    resource uuid not null references resource on delete cascade,
    product uuid not null references product on delete restrict,
    unique (resource, product)
);
create index on resource_product (product);

-- Uploads wait here until they are published: whatever lies in the file store is named by a row, so
-- that what was given up is found and thrown away. The row comes before the first byte.
create table resource_upload (
    id uuid primary key,
    storage_key text not null unique,
    name text not null check (name <> ''),
    media_type text not null,
    size bigint check (size >= 0),
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    uploaded_by uuid references portal_user on delete set null,
    begun_at timestamptz not null,
    check ((size is null) = (sha256 is null))
);

-- People check files by their SHA-256, and resume them by it: another content is another resource.
create function check_resource_change() returns trigger language plpgsql as $$
begin
    if (new.storage_key, new.size, new.sha256, new.published_at)
            is distinct from (old.storage_key, old.size, old.sha256, old.published_at) then
        raise exception 'the file of resource % never changes', old.id
            using errcode = 'check_violation', constraint = 'resource_content_stays';
    end if;
    if old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at then
        raise exception 'resource % was withdrawn', old.id
            using errcode = 'check_violation', constraint = 'resource_withdrawn_once';
    end if;
    return new;
end $$;
create trigger resource_stays before update on resource
    for each row execute function check_resource_change();

create trigger resource_revision before update on resource
    for each row execute function count_revision();

create trigger resource_upload_of_a_person after insert on resource_upload
    referencing new table as added for each statement
    execute function keep_quota('uploaded_by', '10', '', '0',
        'refuse', 'begun_at', '', 'true');

-- ---- notices: notices, who read them, and their mails ----
--
-- What is personal goes with the account.

create table notice (
    id uuid primary key,
    title_ja text not null,
    title_en text not null,
    body_ja text not null,
    body_en text not null,
    published_at timestamptz,
    withdrawn_at timestamptz,
    -- When the last of its mails was written into the outbox.
    mailed_at timestamptz,
    constraint notice_mailed_once_published check (mailed_at is null or published_at is not null),
    constraint notice_withdrawn_once_published
        check (withdrawn_at is null or published_at is not null),
    revision integer not null default 1
);
create index notice_newest on notice (published_at desc, id desc);
create index notice_to_mail on notice (published_at) where mailed_at is null;

create table notice_product (
    id uuid primary key,
    notice uuid not null references notice on delete cascade,
    product uuid not null references product on delete restrict,
    unique (notice, product)
);
create index on notice_product (product);

create table notice_read (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    notice uuid not null references notice on delete cascade,
    read_at timestamptz not null,
    unique ("user", notice)
);
create index on notice_read (notice);

-- One mail of a notice to a person, whichever of their contracts it is for. `mail` is the outbox's
-- row, by id only; null where the address takes no mail.
create table notice_mail (
    id uuid primary key,
    notice uuid not null references notice on delete restrict,
    "user" uuid not null references portal_user on delete cascade,
    mail uuid,
    token_hash bytea not null unique,
    created_at timestamptz not null,
    unique (notice, "user")
);
create index on notice_mail ("user");

-- The contracts that a mail was for: whose notices its link stops.
create table notice_mail_membership (
    id uuid primary key,
    notice_mail uuid not null references notice_mail on delete cascade,
    membership uuid not null references membership on delete cascade,
    unique (notice_mail, membership)
);
create index on notice_mail_membership (membership);

-- Drafts and withdrawn notices are never mailed. Who withdraws one waits for the mails at hand.
create function check_notice_mail() returns trigger language plpgsql as $$
begin
    perform 1 from notice
        where id = new.notice and published_at is not null and withdrawn_at is null for share;
    if not found then
        raise exception 'notice % is not published', new.notice
            using errcode = 'check_violation', constraint = 'notice_mail_of_published';
    end if;
    return new;
end $$;
create trigger notice_mail_of_published before insert on notice_mail
    for each row execute function check_notice_mail();

create trigger notice_revision before update on notice
    for each row execute function count_revision();

-- ---- quotes: quote requests, and the draft that a contract's owners share ----

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
    answer_file_name text,
    answer_file_size bigint check (answer_file_size > 0),
    answer_file_sha256 text,
    handled_by uuid references portal_user on delete set null,
    withdrawn_at timestamptz,
    concluded_at timestamptz,
    applied_at timestamptz,
    check ((answer_file is null) = (answer_file_name is null)),
    check ((answer_file is null) = (answer_file_size is null)),
    check ((answer_file is null) = (answer_file_sha256 is null)),
    check ((withdrawn_at is not null) = (state = 'withdrawn')),
    check ((concluded_at is not null) = (state = 'concluded')),
    check (applied_at is null or state = 'concluded'),
    check ((answered_at is not null) = (state in ('answered', 'concluded'))),
    revision integer not null default 1,
    -- From which day on the new counts of an applied quote count.
    counts_from date
);
create index on quote_request (contract);
create index on quote_request (requested_by);
create index quote_request_age on quote_request (requested_at, id);

create table quote_line (
    id uuid primary key,
    quote_request uuid not null references quote_request on delete cascade,
    entitlement uuid references entitlement on delete restrict,
    product uuid references product on delete restrict,
    wish text not null check (wish in ('renew', 'change', 'end', 'add')),
    quantity integer check (quantity > 0),
    check ((wish = 'add') = (product is not null)),
    check ((wish = 'add') = (entitlement is null)),
    -- What the entitlement had when the quote was asked for, so that the request reads the same
    -- later.
    quantity_before integer check (quantity_before > 0),
    position integer not null default 0
);
create index on quote_line (quote_request);
create index on quote_line (entitlement) where entitlement is not null;

create table quote_draft (
    id uuid primary key,
    contract uuid not null unique references contract on delete restrict,
    content jsonb not null,
    version integer not null default 1,
    changed_by uuid references portal_user on delete set null,
    changed_at timestamptz not null
);

create function check_quote_state() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'received' then
            raise exception 'a quote request begins as received'
                using errcode = 'check_violation', constraint = 'quote_begins_received';
        end if;
        return new;
    end if;
    if (new.reference, new.contract, new.requested_at)
        is distinct from (old.reference, old.contract, old.requested_at) then
        raise exception 'a quote request stays what it is'
            using errcode = 'check_violation', constraint = 'quote_fixed';
    end if;
    if new.state <> old.state and (old.state, new.state) not in (
        ('received', 'in-review'), ('received', 'answered'), ('received', 'withdrawn'),
        ('in-review', 'answered'), ('answered', 'concluded')
    ) then
        raise exception 'quote request % cannot go from % to %', old.id, old.state, new.state
            using errcode = 'check_violation', constraint = 'quote_state_moves';
    end if;
    if old.applied_at is not null and new.applied_at is distinct from old.applied_at then
        raise exception 'quote request % was applied', old.id
            using errcode = 'check_violation', constraint = 'quote_applied_once';
    end if;
    return new;
end $$;
create trigger quote_state_moves before insert or update on quote_request
    for each row execute function check_quote_state();

-- What was asked for is never changed afterwards.
create function refuse_quote_line_change() returns trigger language plpgsql as $$
begin
    raise exception 'lines of a quote request are never changed'
        using errcode = 'check_violation', constraint = 'quote_lines_fixed';
end $$;
create trigger quote_lines_fixed before update or delete on quote_line
    for each row execute function refuse_quote_line_change();

create trigger quote_request_revision before update on quote_request
    for each row execute function count_revision();

create trigger quote_request_of_a_contract after insert on quote_request
    referencing new table as added for each statement
    execute function keep_quota('contract', '5000', '', '0',
        'refuse', 'requested_at', '', 'true');
create trigger quote_request_of_a_contract_a_day after insert on quote_request
    referencing new table as added for each statement
    execute function keep_quota('contract', '50', '', '0',
        'refuse', 'requested_at', '24 hours', 'true');

-- ---- imports: bulk import ----
--
-- Files that come through the console, the lines of one file while they are checked, and people whose
-- invitation waits.

-- Filled and emptied in the transaction of one import, which alone sees its lines.
create table import_line (
    id uuid primary key,
    import uuid not null,
    kind text not null
        check (kind in ('companies', 'contracts', 'entitlements', 'people', 'license_keys')),
    line integer not null check (line > 0),
    content jsonb not null,
    event uuid not null
);
create index on import_line (import, kind, line);

-- People of imported files; a task invites them, a few at a time.
create table import_person (
    id uuid primary key,
    contract uuid not null references contract on delete restrict,
    email text not null check (email = lower(email) and email <> ''),
    role text not null check (role in ('owner', 'member')),
    language text not null check (language in ('ja', 'en')),
    imported_by uuid references portal_user on delete set null,
    unique (contract, email)
);
create index on import_person (imported_by);

-- A file that was uploaded. A worker holds the row's lock while it checks or imports it, so what
-- changes meanwhile, how far it is, stands in a row of its own.
create table bulk_import (
    id uuid primary key,
    name text not null check (name <> ''),
    storage_key text not null unique,
    size bigint check (size > 0),
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    -- The faults are told in the language of whoever uploaded it.
    language text not null check (language in ('ja', 'en')),
    state text not null check (state in ('uploading', 'checking', 'checked', 'faulty', 'unreadable',
                                         'importing', 'done', 'discarded')),
    reason text not null,
    lines jsonb not null,
    added jsonb not null,
    wrong integer not null check (wrong >= 0),
    uploaded_by uuid references portal_user on delete set null,
    confirmed_by uuid references portal_user on delete set null,
    begun_at timestamptz not null,
    moved_at timestamptz not null,
    file_deleted_at timestamptz,
    check ((size is null) = (sha256 is null)),
    check (size is not null or state in ('uploading', 'discarded')),
    check ((wrong > 0) = (state = 'faulty')),
    check ((reason <> '') = (state = 'unreadable')),
    -- What an uploaded file contains beside the tables that an import reads: names of sheets and
    -- files.
    left_out jsonb not null default '[]'
);
create index on bulk_import (uploaded_by);
create index on bulk_import (confirmed_by);
create index bulk_import_newest on bulk_import (begun_at desc, id desc);
create index bulk_import_at_work on bulk_import (begun_at) where state in ('checking', 'importing');
create index bulk_import_with_file on bulk_import (moved_at) where file_deleted_at is null;

create table bulk_import_progress (
    id uuid primary key,
    import uuid not null unique references bulk_import on delete cascade,
    phase text not null check (phase in ('reading', 'checking', 'adding')),
    lines integer not null check (lines >= 0),
    attempts integer not null check (attempts >= 0)
);

create table bulk_import_fault (
    id uuid primary key,
    import uuid not null references bulk_import on delete cascade,
    number integer not null check (number > 0),
    kind text not null,
    line integer not null,
    "column" text not null,
    message text not null
);
create unique index bulk_import_fault_order on bulk_import_fault (import, number);

create trigger bulk_import_of_a_person after insert on bulk_import
    referencing new table as added for each statement
    execute function keep_quota('uploaded_by', '10', '', '0',
        'refuse', 'begun_at', '', 't.file_deleted_at is null');

-- ---- endings: reminders of what ends, and calendars ----

-- At most one mail of reminders for a person and day, and each reminder once. A later end of the
-- same thing is another one.
create table reminder_digest (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    day date not null,
    created_at timestamptz not null,
    unique ("user", day)
);

create table reminder (
    id uuid primary key,
    digest uuid not null references reminder_digest on delete cascade,
    "user" uuid not null references portal_user on delete cascade,
    subject uuid not null,
    ends_on date not null,
    stage integer not null check (stage in (7, 30, 90)),
    unique ("user", subject, ends_on, stage)
);
create index on reminder (digest);

-- `unshown` is the sealed token until it is shown, once.
create table calendar_feed (
    id uuid primary key,
    "user" uuid not null unique references portal_user on delete cascade,
    token_hash bytea not null unique,
    unshown bytea,
    created_at timestamptz not null,
    generation integer not null
);

create trigger calendar_feed_generation before insert on calendar_feed
    for each row execute function name_credential_generation();

-- ---- withdrawal: accounts that were erased ----
--
-- A row says that somebody withdrew and when; the id is all that is left of the person, so that a
-- restored backup can be brought to forget them again.

create table withdrawal (
    -- The session in which it was asked for, so that a repeat of the form finds what it did.
    id uuid primary key,
    erased_user uuid not null unique,
    -- Customers are not told which of the vendor's employees acted, of former ones neither.
    staff boolean not null,
    reason text check (reason in (
        'not-needed', 'other-duties', 'other-account', 'hard-to-use', 'privacy', 'other',
        'no-answer')),
    -- In the person's own words, without their name; wiped after a while.
    note text not null,
    at timestamptz not null
);
create index on withdrawal (at) where note <> '';

-- Webhooks: where the portal tells other systems what happened. An endpoint without a contract is the
-- vendor's. A removed one stays without its address and its secrets, since the history names it.
create table webhook_endpoint (
    id uuid primary key,
    contract uuid references contract on delete restrict,
    name text not null check (name <> ''),
    host text not null check (host <> ''),
    -- Addresses of chat channels are secrets, so all are encrypted.
    encrypted_url bytea,
    preset text not null check (preset in ('standard', 'slack', 'teams')),
    event_types text[] not null,
    language text not null check (language in ('ja', 'en')),
    encrypted_secret bytea,
    secret_unshown boolean not null,
    secret_by uuid references portal_user on delete set null,
    secret_at timestamptz not null,
    previous_secret bytea,
    previous_until timestamptz,
    created_at timestamptz not null,
    paused_at timestamptz,
    pause_reason text check (pause_reason in ('person', 'failing', 'gone', 'unreadable')),
    delivered_at timestamptz,
    -- When deliveries may be made; a worker that takes the endpoint moves this ahead by its lease.
    rests_until timestamptz not null,
    lease uuid,
    removed_at timestamptz,
    revision integer not null default 1,
    check ((paused_at is null) = (pause_reason is null)),
    check ((removed_at is null) = (encrypted_url is not null)),
    check ((encrypted_secret is not null) = (preset = 'standard' and removed_at is null)),
    check ((previous_secret is null) = (previous_until is null))
);
create index on webhook_endpoint (secret_by);
create index webhook_endpoint_of_contract on webhook_endpoint (contract) where removed_at is null;
create unique index webhook_endpoint_name on webhook_endpoint (
    coalesce(contract, '00000000-0000-0000-0000-000000000000'), normalize(name, nfc))
    where removed_at is null;
-- A pause and a delivery are no changes that two people could meet at.
create trigger webhook_endpoint_revision
    before update of name, host, encrypted_url, event_types, encrypted_secret, removed_at
    on webhook_endpoint for each row execute function count_revision();
create trigger webhook_endpoint_of_a_contract after insert on webhook_endpoint
    referencing new table as added for each statement
    execute function keep_quota('contract', '1000', '', '0',
        'refuse', 'created_at', '', 'true');
create trigger webhook_endpoint_of_a_contract_in_use after insert on webhook_endpoint
    referencing new table as added for each statement
    execute function keep_quota('contract', '20', '', '0',
        'refuse', 'created_at', '', 't.removed_at is null');

-- One event for one endpoint, as it is sent; the same bytes at every attempt, since they are signed.
create table webhook_delivery (
    id uuid primary key,
    endpoint uuid not null references webhook_endpoint on delete cascade,
    -- The endpoint's: a contract keeps so many of all its endpoints. The vendor's have none.
    contract uuid references contract on delete restrict,
    event uuid not null,
    event_type text not null check (event_type <> ''),
    body text not null,
    state text not null check (state in ('queued', 'delivered', 'failed')),
    problem text check (problem in ('address', 'name', 'connection', 'certificate', 'time',
                                    'redirect', 'status', 'protocol', 'gone', 'unreadable')),
    failures integer not null check (failures >= 0),
    created_at timestamptz not null,
    due_at timestamptz not null,
    attempted_at timestamptz,
    settled_at timestamptz,
    status integer,
    answer text not null,
    took_ms integer,
    check ((state = 'queued') = (settled_at is null)),
    check (state <> 'delivered' or problem is null),
    check (state <> 'failed' or problem is not null)
);
create index webhook_delivery_due on webhook_delivery (endpoint, due_at) where state = 'queued';
create index webhook_delivery_unsettled on webhook_delivery (state, due_at)
    where state <> 'delivered';
create index webhook_delivery_newest on webhook_delivery (endpoint, created_at desc, id desc);
create index webhook_delivery_by_age on webhook_delivery (created_at);
create index webhook_delivery_of_contract on webhook_delivery (contract) where contract is not null;
create trigger webhook_delivery_of_a_contract after insert on webhook_delivery
    referencing new table as added for each statement
    execute function keep_quota('contract', '20000', 'body answer', '64000000',
        'sweep', 'created_at', '', 'true');

-- Audit events whose deliveries are still to be written. A row is seen when its act has committed,
-- so no event is missed, and none is told that was rolled back.
create table webhook_pending (
    event uuid primary key,
    due_at timestamptz not null
);
create index on webhook_pending (due_at);

create function queue_webhooks() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (
        select 1 from webhook_endpoint
        where removed_at is null
          and (contract is null or new.contract is null or contract = new.contract)
    ) then
        insert into webhook_pending (event, due_at) values (new.id, new.at);
    end if;
    return null;
end $$;
create trigger audit_event_webhooks after insert on audit_event
    for each row when (new.event_type in (
        'activation-issue', 'allocation-change', 'contract-amendment', 'contract-renewal',
        'entitlement-addition', 'entitlement-change', 'entitlement-succession',
        'environment-retirement', 'membership-creation', 'membership-departure',
        'membership-removal', 'notice-publication', 'quote-answer', 'quote-application',
        'quote-request', 'resource-publication'))
    execute function queue_webhooks();

-- What ends and was told to endpoints already: the row that ends, when, and how many days ahead.
create table end_date_event (
    id uuid primary key,
    subject uuid not null,
    ends_on date not null,
    stage integer not null check (stage in (90, 30, 7)),
    told_at timestamptz not null,
    unique (subject, ends_on, stage)
);
create index on end_date_event (told_at);

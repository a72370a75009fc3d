-- Calls of the API that changed something and named an idempotency key. The row is written in the
-- transaction of the change, so a second call with the key waits for the first and gets its answer.
create table api_call (
    id uuid primary key,
    service_account uuid not null references service_account on delete restrict,
    key text not null check (key <> ''),
    fingerprint bytea not null,
    status integer,
    headers jsonb,
    body text,
    created_at timestamptz not null,
    unique (service_account, key),
    check (num_nulls(status, headers, body) in (0, 3))
);
create index on api_call (created_at);
create trigger api_call_of_a_service_account after insert on api_call
    referencing new table as added for each statement
    execute function keep_quota('service_account', '50000', '', '0',
        'refuse', 'created_at', '', 'true');

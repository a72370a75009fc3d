-- Home names an answer to a quote request until the person has opened it.
create table quote_answer_read (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    quote_request uuid not null references quote_request on delete cascade,
    read_at timestamptz not null,
    unique ("user", quote_request)
);
create index on quote_answer_read (quote_request);

-- Accounts that were erased. The row says that somebody withdrew and when; the id is all that is left
-- of the person, so that a restored backup can be brought to forget them again.

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

-- Erasing a person looks for what they did; a contract's rows are many.
create index on activation (issued_by);
create index on quote_request (requested_by);
create index on invitation (invited_by);
create index on invitation (accepted_by);
create index on invitation (email);

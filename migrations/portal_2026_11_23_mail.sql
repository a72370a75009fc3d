-- The outbox, and one-time links to set a forgotten password.

-- Whom a mail is for and what it says is sealed; a delivered mail keeps neither. What stays says
-- that there was a mail of this kind about that row, and how it went.
create table mail (
    id uuid primary key,
    template text not null check (template <> ''),
    about uuid,
    content bytea,
    state text not null check (state in ('queued', 'sent', 'failed')),
    reason text check (reason in ('refused', 'exhausted', 'expired', 'unreadable')),
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
    check (state <> 'sent' or content is null)
);
create index on mail (due_at) where state = 'queued';
create index on mail (about);

create table password_reset (
    id uuid primary key,
    token_hash bytea not null unique,
    "user" uuid not null references portal_user on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    check (created_at < expires_at)
);
create index on password_reset ("user", created_at);

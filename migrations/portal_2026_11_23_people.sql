-- Invitations, the accounts that join by them, and changes of mail addresses. Links are mailed;
-- only the SHA-256 of their tokens is kept.

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
    check (accepted_by is null or end_reason = 'accepted')
);
-- One open invitation for an address, whoever sends it.
create unique index invitation_open on invitation (contract, email) where ended_at is null;

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

create table email_change (
    id uuid primary key,
    "user" uuid not null unique references portal_user on delete cascade,
    email text not null check (email = lower(email) and email <> ''),
    token_hash bytea not null unique,
    created_at timestamptz not null,
    expires_at timestamptz not null
);

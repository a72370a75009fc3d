-- Second factors. Nothing here opens an account by itself: secrets of authenticator apps are sealed
-- under the portal's secret file, of recovery codes and tokens only the SHA-256 is kept, and of a
-- passkey only its public half is ever known.

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
    check ((confirmed_at is null) = (expires_at is not null))
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
    expires_at timestamptz not null
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
    expires_at timestamptz not null
);
create index on pending_sign_in ("user");
create index on pending_sign_in (device);

-- A new password makes log-ins worthless that began with the old one, whichever way it was set.
create function end_pending_sign_ins() returns trigger language plpgsql as $$
begin
    delete from pending_sign_in where "user" = new.id;
    return null;
end $$;
create trigger portal_user_new_password after update of password_hash on portal_user
    for each row when (old.password_hash is distinct from new.password_hash)
    execute function end_pending_sign_ins();

-- When the person last proved who they are: by log-in, or anew before credentials change.
alter table session add column proved_at timestamptz not null default now();
update session set proved_at = created_at;

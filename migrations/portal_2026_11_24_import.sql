-- Bulk import: the lines of one file while they are checked, and people whose invitation waits.

-- Filled and emptied in the transaction of one import, which alone sees its lines.
create table import_line (
    id uuid primary key,
    import uuid not null,
    kind text not null check (kind in ('companies', 'contracts', 'entitlements', 'people', 'license_keys')),
    line integer not null check (line > 0),
    content jsonb not null,
    event uuid not null
);
create index on import_line (import, kind, line);

-- People of imported files; a chore invites them, a few at a time.
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

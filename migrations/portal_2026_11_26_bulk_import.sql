-- Bulk imports that come through the console, and when each chore was last done.

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
    check ((reason <> '') = (state = 'unreadable'))
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

-- Any process may do a chore, on any machine; whether one still does is told here.
create table chore (
    name text primary key,
    done_at timestamptz,
    failed_at timestamptz,
    failures integer not null check (failures >= 0)
);

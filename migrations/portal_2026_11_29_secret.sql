-- By which secret things are encrypted: one row, which the first start makes.
create table secret_fingerprint (
    id uuid primary key,
    fingerprint text not null check (fingerprint ~ '^[0-9a-f]{32}$'),
    noted_at timestamptz not null
);
create unique index secret_fingerprint_one_row on secret_fingerprint ((true));

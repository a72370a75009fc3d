-- A bucket is when it will be empty; one that has drained says nothing and is swept.
-- What the version before counted stays, with defaults, as long as that version may still run.
alter table throttle
    add column account text not null default '',
    add column drained_at timestamptz not null default now(),
    alter column failures set default 0,
    alter column last_failure_at set default now();

-- To unlock and to erase an account.
create index on throttle (account) where account <> '';
create index on throttle (drained_at);

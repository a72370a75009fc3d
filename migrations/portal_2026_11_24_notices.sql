-- Notices as drafts, read marks, their mails with the links that stop them; reminders of what ends;
-- calendars that people subscribe to. What is personal goes with the account.

alter table notice alter column published_at drop not null;
-- mailed_at: when the last of its mails was written into the outbox; what was published before
-- there were such mails is not mailed any more.
alter table notice add withdrawn_at timestamptz, add mailed_at timestamptz;
update notice set mailed_at = published_at;
alter table notice
    add constraint notice_mailed_once_published check (mailed_at is null or published_at is not null),
    add constraint notice_withdrawn_once_published
        check (withdrawn_at is null or published_at is not null);
create index notice_newest on notice (published_at desc, id desc);
create index notice_to_mail on notice (published_at) where mailed_at is null;
create index on notice_product (product);
create index on entitlement (product);

create table notice_read (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    notice uuid not null references notice on delete cascade,
    read_at timestamptz not null,
    unique ("user", notice)
);
create index on notice_read (notice);

-- One mail of a notice to a person, whichever of their contracts it is for. `mail` is the outbox's
-- row, by id only; null where the address takes no mail.
create table notice_mail (
    id uuid primary key,
    notice uuid not null references notice on delete restrict,
    "user" uuid not null references portal_user on delete cascade,
    mail uuid,
    token_hash bytea not null unique,
    created_at timestamptz not null,
    unique (notice, "user")
);
create index on notice_mail ("user");

-- The contracts that a mail was for: whose notices its link stops.
create table notice_mail_membership (
    id uuid primary key,
    notice_mail uuid not null references notice_mail on delete cascade,
    membership uuid not null references membership on delete cascade,
    unique (notice_mail, membership)
);
create index on notice_mail_membership (membership);

-- Drafts and withdrawn notices are never mailed. Who withdraws one waits for the mails at hand.
create function check_notice_mail() returns trigger language plpgsql as $$
begin
    perform 1 from notice
        where id = new.notice and published_at is not null and withdrawn_at is null for share;
    if not found then
        raise exception 'notice % is not published', new.notice
            using errcode = 'check_violation', constraint = 'notice_mail_of_published';
    end if;
    return new;
end $$;
create trigger notice_mail_of_published before insert on notice_mail
    for each row execute function check_notice_mail();

-- At most one mail of reminders for a person and day, and each reminder once. A later end of the
-- same thing is another one.
create table reminder_digest (
    id uuid primary key,
    "user" uuid not null references portal_user on delete cascade,
    day date not null,
    created_at timestamptz not null,
    unique ("user", day)
);
create table reminder (
    id uuid primary key,
    digest uuid not null references reminder_digest on delete cascade,
    "user" uuid not null references portal_user on delete cascade,
    subject uuid not null,
    ends_on date not null,
    stage integer not null check (stage in (7, 30, 90)),
    unique ("user", subject, ends_on, stage)
);
create index on reminder (digest);

-- `unshown` is the sealed token until it is shown, once.
create table calendar_feed (
    id uuid primary key,
    "user" uuid not null unique references portal_user on delete cascade,
    token_hash bytea not null unique,
    unshown bytea,
    created_at timestamptz not null
);

-- The DNS record of a verified domain is looked up again once a day. Domains of before have no
-- token, and those that staff vouch for have none either: they are not looked up.
alter table single_sign_on_domain
    add column token text check (length(token) >= 32),
    add column checked_at timestamptz,
    add column missing_since timestamptz,
    add column warned_at timestamptz;
create index on single_sign_on_domain (checked_at nulls first) where token is not null;

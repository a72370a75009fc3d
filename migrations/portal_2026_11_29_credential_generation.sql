-- Everything that proves who a person is, or that waits to change it, belongs to one generation of
-- the account's credentials. A change of the credentials begins the next generation, and what was
-- given out before is void wherever it is looked up.

alter table portal_user add column credential_generation integer not null default 1
    check (credential_generation > 0);

-- Whichever way the password, the address or the state of the account changes.
create function begin_credential_generation() returns trigger language plpgsql as $$
begin
    if (new.password_hash, new.email, new.disabled_at)
        is distinct from (old.password_hash, old.email, old.disabled_at) then
        new.credential_generation := old.credential_generation + 1;
    elsif new.credential_generation < old.credential_generation then
        raise exception 'an older generation never comes back'
            using errcode = 'check_violation', constraint = 'credential_generation_grows';
    end if;
    return new;
end $$;
create trigger portal_user_credentials
    before update of password_hash, email, disabled_at, credential_generation on portal_user
    for each row execute function begin_credential_generation();

-- Whichever way a second factor, or a set of recovery codes, comes or goes. Using one is no change.
create function begin_generation_with_factor() returns trigger language plpgsql as $$
begin
    update portal_user set credential_generation = credential_generation + 1
        where id = coalesce(new."user", old."user");
    return null;
end $$;
create trigger passkey_credentials after insert or delete on passkey
    for each row execute function begin_generation_with_factor();
create trigger authenticator_app_added after insert on authenticator_app
    for each row when (new.confirmed_at is not null)
    execute function begin_generation_with_factor();
create trigger authenticator_app_confirmed after update of confirmed_at on authenticator_app
    for each row when (old.confirmed_at is distinct from new.confirmed_at)
    execute function begin_generation_with_factor();
create trigger authenticator_app_removed after delete on authenticator_app
    for each row when (old.confirmed_at is not null)
    execute function begin_generation_with_factor();
create function begin_generation_with_codes() returns trigger language plpgsql as $$
begin
    update portal_user set credential_generation = credential_generation + 1
        where id in (select "user" from changed);
    return null;
end $$;
create trigger recovery_codes_made after insert on recovery_code
    referencing new table as changed
    for each statement execute function begin_generation_with_codes();
create trigger recovery_codes_gone after delete on recovery_code
    referencing old table as changed
    for each statement execute function begin_generation_with_codes();

-- The generation that a row was made in. Whoever writes a row names the generation in which they
-- proved who they are; only the version before this one does not, and gets the current one.
create function name_credential_generation() returns trigger language plpgsql as $$
begin
    if new.generation is null then
        select credential_generation into new.generation from portal_user where id = new."user";
    end if;
    return new;
end $$;

alter table session add column generation integer;
alter table device add column generation integer;
alter table pending_sign_in add column generation integer;
alter table passkey_challenge add column generation integer;
alter table authenticator_app add column generation integer;
alter table email_change add column generation integer;
alter table password_reset add column generation integer;
alter table calendar_feed add column generation integer;
update session set generation = 1;
update device set generation = 1;
update pending_sign_in set generation = 1;
update passkey_challenge set generation = 1;
update authenticator_app set generation = 1;
update email_change set generation = 1;
update password_reset set generation = 1;
update calendar_feed set generation = 1;
alter table session alter column generation set not null;
alter table device alter column generation set not null;
alter table pending_sign_in alter column generation set not null;
alter table passkey_challenge alter column generation set not null;
alter table authenticator_app alter column generation set not null;
alter table email_change alter column generation set not null;
alter table password_reset alter column generation set not null;
alter table calendar_feed alter column generation set not null;
create trigger session_generation before insert on session
    for each row execute function name_credential_generation();
create trigger device_generation before insert on device
    for each row execute function name_credential_generation();
create trigger pending_sign_in_generation before insert on pending_sign_in
    for each row execute function name_credential_generation();
create trigger passkey_challenge_generation before insert on passkey_challenge
    for each row execute function name_credential_generation();
create trigger authenticator_app_generation before insert on authenticator_app
    for each row execute function name_credential_generation();
create trigger email_change_generation before insert on email_change
    for each row execute function name_credential_generation();
create trigger password_reset_generation before insert on password_reset
    for each row execute function name_credential_generation();
create trigger calendar_feed_generation before insert on calendar_feed
    for each row execute function name_credential_generation();

-- What it did for one kind of token, the generation does for all.
drop trigger portal_user_new_password on portal_user;
drop function end_pending_sign_ins();

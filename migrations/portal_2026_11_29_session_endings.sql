-- A session that somebody else ended stays known for a while: its browser is told why it is signed
-- out, and a form that it sends afterwards is kept for the person.
alter table session
    add column ended_at timestamptz,
    add column end_reason text,
    add constraint session_end_reason check (end_reason in (
        'other-device', 'staff', 'address-change', 'password-change', 'factor-change',
        'password-reset', 'factor-removal', 'account-disabling')),
    add constraint session_end check ((ended_at is null) = (end_reason is null));

create function keep_session_ended() returns trigger language plpgsql as $$
begin
    raise exception 'a session that ended never runs again'
        using errcode = 'check_violation', constraint = 'session_stays_ended';
end $$;
create trigger session_stays_ended before update on session
    for each row when (old.ended_at is not null
                       and (new.ended_at is null or new.token_hash <> old.token_hash
                            or new.expires_at > old.expires_at))
    execute function keep_session_ended();

-- Which browser sent a kept form: the person is told before it is sent again.
alter table parked_form add column session uuid references session on delete set null;
create index parked_form_session on parked_form (session);

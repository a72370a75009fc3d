-- What the console's watching pages need: moves that staff allow, mails that they discard, and
-- indexes by which they search.

-- A further move of an environment, good for one year from when it was allowed.
create table move_allowance (
    id uuid primary key,
    environment uuid not null references environment on delete restrict,
    reason text not null check (reason <> ''),
    allowed_by uuid references portal_user on delete set null,
    allowed_at timestamptz not null
);
create index on move_allowance (environment, allowed_at);

alter table mail drop constraint mail_reason_check;
alter table mail add constraint mail_reason_check
    check (reason in ('refused', 'exhausted', 'expired', 'unreadable', 'discarded'));
-- What was thrown away cannot be sent again.
alter table mail add constraint mail_discarded_is_empty
    check (reason is distinct from 'discarded' or content is null);
create index mail_by_age on mail (created_at desc, id desc);
create index mail_failed on mail (settled_at) where state = 'failed';

-- The fingerprint in a request file: what its components hash to. A file that is none has none.
create function fingerprint_of(file text) returns text[]
language plpgsql immutable strict parallel safe as $$
declare
    payload text := translate(split_part(file, '.', 2), '-_', '+/');
begin
    payload := convert_from(
        decode(rpad(payload, (length(payload) + 3) / 4 * 4, '='), 'base64'), 'utf8');
    return array(select value from json_each_text(payload::json -> 'fp'));
exception when data_exception then
    return '{}';
end $$;
create index activation_fingerprint on activation using gin (fingerprint_of(request_file));
create index activation_jkt on activation (jkt);
create index activation_issued on activation (issued_at desc, id desc);

create index audit_event_at on audit_event (at, id);
create index audit_event_of_actor on audit_event (actor, at, id) where actor is not null;
create index audit_event_of_act on audit_event (act, at, id);

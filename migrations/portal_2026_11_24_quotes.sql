-- The draft that a contract's owners share, how far a request is, and what became of it.

create table quote_draft (
    id uuid primary key,
    contract uuid not null unique references contract on delete restrict,
    content jsonb not null,
    version integer not null default 1,
    changed_by uuid references portal_user on delete set null,
    changed_at timestamptz not null
);

alter table quote_request
    add column answer_file_size bigint check (answer_file_size > 0),
    add column answer_file_sha256 text,
    add column handled_by uuid references portal_user on delete set null,
    add column withdrawn_at timestamptz,
    add column concluded_at timestamptz,
    add column applied_at timestamptz,
    add check ((answer_file is null) = (answer_file_name is null)),
    -- Answers from before say no size; they are sent again.
    add check ((answer_file is null) = (answer_file_size is null)) not valid,
    add check ((answer_file is null) = (answer_file_sha256 is null)) not valid,
    add check ((withdrawn_at is not null) = (state = 'withdrawn')),
    add check ((concluded_at is not null) = (state = 'concluded')),
    add check (applied_at is null or state = 'concluded'),
    add check ((answered_at is not null) = (state in ('answered', 'concluded')));

-- What the entitlement had when the quote was asked for, so that the request reads the same later.
alter table quote_line
    add column quantity_before integer check (quantity_before > 0),
    add column position integer not null default 0;

create function check_quote_state() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'received' then
            raise exception 'a quote request begins as received'
                using errcode = 'check_violation', constraint = 'quote_begins_received';
        end if;
        return new;
    end if;
    if (new.reference, new.contract, new.requested_at)
        is distinct from (old.reference, old.contract, old.requested_at) then
        raise exception 'a quote request stays what it is'
            using errcode = 'check_violation', constraint = 'quote_fixed';
    end if;
    if new.state <> old.state and (old.state, new.state) not in (
        ('received', 'in-review'), ('received', 'answered'), ('received', 'withdrawn'),
        ('in-review', 'answered'), ('answered', 'concluded')
    ) then
        raise exception 'quote request % cannot go from % to %', old.id, old.state, new.state
            using errcode = 'check_violation', constraint = 'quote_state_moves';
    end if;
    if old.applied_at is not null and new.applied_at is distinct from old.applied_at then
        raise exception 'quote request % was applied', old.id
            using errcode = 'check_violation', constraint = 'quote_applied_once';
    end if;
    return new;
end $$;
create trigger quote_state_moves before insert or update on quote_request
    for each row execute function check_quote_state();

-- What was asked for is never changed afterwards.
create function refuse_quote_line_change() returns trigger language plpgsql as $$
begin
    raise exception 'lines of a quote request are never changed'
        using errcode = 'check_violation', constraint = 'quote_lines_fixed';
end $$;
create trigger quote_lines_fixed before update or delete on quote_line
    for each row execute function refuse_quote_line_change();

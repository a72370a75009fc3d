-- An old system that may go on for some days after its environment moved to another machine.
create table parallel_operation (
    id uuid primary key,
    environment uuid not null references environment on delete restrict,
    activation uuid not null unique references activation on delete restrict,
    started_on date not null,
    ends_on date not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    end_reason text check (end_reason in ('stopped', 'returned', 'released', 'moved-back')),
    check ((ended_at is null) = (end_reason is null)),
    check (ends_on between started_on and started_on + 30)
);
create index on parallel_operation (environment, started_at desc);

-- How many more a contract may begin in the calendar year of a day: three, and one for each
-- further move that staff allowed one of its environments in that year.
create function parallel_operations_left(wanted uuid, on_day date) returns bigint
language sql stable set search_path = pg_catalog, public, pg_temp as $$
    select greatest(0, 3
        + (select count(*) from move_allowance m join environment e on e.id = m.environment
           where e.contract = c.id and extract(year from m.allowed_at at time zone c.time_zone)
               = extract(year from on_day))
        - (select count(*) from parallel_operation p join environment e on e.id = p.environment
           where e.contract = c.id
             and extract(year from p.started_on) = extract(year from on_day)))
    from contract c where c.id = wanted
$$;

-- The lock is the contract's, so that the second of two that begin at once counts the first one.
create function guard_parallel_operation() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
declare
    of_contract uuid;
begin
    perform require_read_committed();
    select contract into of_contract from environment where id = new.environment for update;
    perform pg_advisory_xact_lock(hashtextextended(of_contract::text, 18));
    if not exists (select from activation a where a.id = new.activation
                   and a.environment = new.environment and a.ended_at is null) then
        raise exception 'activation % does not run in environment %',
            new.activation, new.environment
            using errcode = 'check_violation', constraint = 'parallel_operation_of_running_file';
    end if;
    if exists (select from parallel_operation p where p.environment = new.environment
               and p.ended_at is null and p.ends_on >= new.started_on) then
        raise exception 'environment % has a parallel operation', new.environment
            using errcode = 'check_violation', constraint = 'parallel_operation_one_at_a_time';
    end if;
    if parallel_operations_left(of_contract, new.started_on) = 0 then
        raise exception 'contract % may begin no more parallel operations', of_contract
            using errcode = 'check_violation', constraint = 'parallel_operation_within_year';
    end if;
    return new;
end $$;
create trigger parallel_operation_guard before insert on parallel_operation
    for each row execute function guard_parallel_operation();

-- It can end early, once; nothing else of it changes.
create function check_parallel_operation_end() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if old.ended_at is not null
       or (new.id, new.environment, new.activation, new.started_on, new.ends_on, new.started_at)
          is distinct from
          (old.id, old.environment, old.activation, old.started_on, old.ends_on, old.started_at)
    then
        raise exception 'a parallel operation is never changed, only ended'
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger parallel_operation_fixed before update on parallel_operation
    for each row execute function check_parallel_operation_end();

-- Old systems are also reminded of on their last day itself.
alter table reminder drop constraint reminder_stage_check;
alter table reminder add constraint reminder_stage_check check (stage >= 0);

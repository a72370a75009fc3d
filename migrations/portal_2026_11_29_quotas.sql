-- What one person, contract or link can make the portal keep. The quotas are declared beside the
-- tables (QUOTAS in app/*/tables.py); a test compares the two.

-- Arguments: the columns that say whose row it is; the most rows; the columns that are measured; the
-- most bytes of them; 'sweep' or 'refuse'; the column of a row's age; how long ago counts, empty for
-- always; a condition on rows `t`.
--
-- Counting takes an advisory lock for each owner of rows, so that parallel transactions count one
-- after the other. A large quota is counted without it until half of it is used: no more than the
-- other half can be on its way. Sweeping never waits for a row that somebody has locked.
create function keep_quota() returns trigger language plpgsql as $$
declare
    most_rows constant bigint := tg_argv[1];
    most_bytes constant bigint := tg_argv[3];
    whom constant text := (
        select string_agg(format('%I', name), ', ')
        from unnest(string_to_array(tg_argv[0], ' ')) name);
    same constant text := (
        select string_agg(format('t.%1$I = me.%1$I', name), ' and ')
        from unnest(string_to_array(tg_argv[0], ' ')) name);
    size constant text := coalesce((
        select string_agg(format('coalesce(pg_column_size(t.%I), 0)', name), ' + ')
        from unnest(string_to_array(tg_argv[2], ' ')) name), '0');
    counted text := format('from %1$I me join %1$I t on %2$s where %3$s',
                           tg_table_name, same, tg_argv[7]);
    mine text;
    added_rows record;
    used_rows bigint;
    used_bytes bigint;
begin
    if tg_argv[6] <> '' then
        counted := counted || format(' and t.%I > now() - %L::interval', tg_argv[5], tg_argv[6]);
    end if;
    mine := counted || ' and me.id = $1';
    for added_rows in execute format(
        'select * from (select distinct on (%1$s) id, (%1$s)::text as whom from added'
        '     where (%1$s) is not null order by %1$s, id) first'
        ' where $1 < 1000 or (select count(*) * 2 > $1 or ($2 > 0 and sum(%2$s) * 2 > $2)'
        '     %3$s and me.id = first.id)',
        whom, size, counted) using most_rows, most_bytes
    loop
        perform pg_advisory_xact_lock(
            hashtextextended(tg_table_name || tg_argv[0] || added_rows.whom, 0));
        execute format('select count(*), coalesce(sum(%s), 0) %s', size, mine)
            into used_rows, used_bytes using added_rows.id;
        continue when used_rows <= most_rows and (most_bytes = 0 or used_bytes <= most_bytes);
        if tg_argv[4] = 'sweep' then
            execute format(
                'with ranked as (select t.id, row_number() over newest as place,'
                '     sum(%1$s) over newest as bytes %2$s'
                '     window newest as (order by t.%3$I desc, t.id desc)),'
                ' spare as (select id from ranked'
                '     where place > $2 or (place > 1 and $3 > 0 and bytes > $3)),'
                ' free as (select id from %4$I where id in (select id from spare)'
                '     for update skip locked)'
                ' delete from %4$I where id in (select id from free)',
                size, mine, tg_argv[5], tg_table_name)
                using added_rows.id, most_rows, most_bytes;
            execute format('select count(*), coalesce(sum(%s), 0) %s', size, mine)
                into used_rows, used_bytes using added_rows.id;
            continue when used_rows <= 1
                or used_rows <= most_rows and (most_bytes = 0 or used_bytes <= most_bytes);
        end if;
        raise exception '% is used up', tg_name
            using errcode = 'program_limit_exceeded', table = tg_table_name, constraint = tg_name;
    end loop;
    return null;
end $$;

create trigger activation_of_a_person_a_day after insert on activation
    referencing new table as added for each statement
    execute function keep_quota('issued_by', '20000', 'file request_file', '128000000',
        'refuse', 'issued_at', '24 hours', 'true');
create trigger activation_of_an_environment after insert on activation
    referencing new table as added for each statement
    execute function keep_quota('environment', '2000', '', '0',
        'refuse', 'issued_at', '', 'true');
create trigger activation_of_an_environment_a_day after insert on activation
    referencing new table as added for each statement
    execute function keep_quota('environment', '50', '', '0',
        'refuse', 'issued_at', '24 hours', 'true');
create trigger bulk_import_of_a_person after insert on bulk_import
    referencing new table as added for each statement
    execute function keep_quota('uploaded_by', '10', '', '0',
        'refuse', 'begun_at', '', 't.file_deleted_at is null');
create trigger confirmation_of_a_person after insert on confirmation
    referencing new table as added for each statement
    execute function keep_quota('user', '500', 'payload upload refusal', '16000000',
        'sweep', 'created_at', '', 'true');
create trigger device_of_a_person after insert on device
    referencing new table as added for each statement
    execute function keep_quota('user', '50', '', '0',
        'sweep', 'last_used_at', '', 'true');
create trigger environment_of_a_contract after insert on environment
    referencing new table as added for each statement
    execute function keep_quota('contract', '20000', '', '0',
        'refuse', 'created_at', '', 'true');
create trigger invitation_of_a_contract after insert on invitation
    referencing new table as added for each statement
    execute function keep_quota('contract', '20000', '', '0',
        'refuse', 'invited_at', '',
        'exists (select 1 from portal_user u where u.id = t.invited_by and u.staff_role is null)');
create trigger invitation_of_a_contract_a_day after insert on invitation
    referencing new table as added for each statement
    execute function keep_quota('contract', '400', '', '0',
        'refuse', 'invited_at', '24 hours',
        'exists (select 1 from portal_user u where u.id = t.invited_by and u.staff_role is null)');
create trigger invitation_of_an_address_a_day after insert on invitation
    referencing new table as added for each statement
    execute function keep_quota('contract email', '5', '', '0',
        'refuse', 'invited_at', '24 hours',
        'exists (select 1 from portal_user u where u.id = t.invited_by and u.staff_role is null)');
create trigger parked_form_of_a_person after insert on parked_form
    referencing new table as added for each statement
    execute function keep_quota('user', '20', 'path form', '4000000',
        'sweep', 'created_at', '', 'true');
create trigger passkey_of_a_person after insert on passkey
    referencing new table as added for each statement
    execute function keep_quota('user', '20', '', '0',
        'refuse', 'created_at', '', 'true');
create trigger passkey_challenge_of_a_person after insert on passkey_challenge
    referencing new table as added for each statement
    execute function keep_quota('user', '50', '', '0',
        'sweep', 'expires_at', '', 'true');
create trigger password_reset_of_a_person after insert on password_reset
    referencing new table as added for each statement
    execute function keep_quota('user', '20', '', '0',
        'sweep', 'created_at', '', 'true');
create trigger pending_sign_in_of_a_person after insert on pending_sign_in
    referencing new table as added for each statement
    execute function keep_quota('user', '20', '', '0',
        'sweep', 'created_at', '', 'true');
create trigger quote_request_of_a_contract after insert on quote_request
    referencing new table as added for each statement
    execute function keep_quota('contract', '5000', '', '0',
        'refuse', 'requested_at', '', 'true');
create trigger quote_request_of_a_contract_a_day after insert on quote_request
    referencing new table as added for each statement
    execute function keep_quota('contract', '50', '', '0',
        'refuse', 'requested_at', '24 hours', 'true');
create trigger registration_of_an_invitation after insert on registration
    referencing new table as added for each statement
    execute function keep_quota('invitation', '20', '', '0',
        'sweep', 'created_at', '', 'true');
create trigger resource_upload_of_a_person after insert on resource_upload
    referencing new table as added for each statement
    execute function keep_quota('uploaded_by', '10', '', '0',
        'refuse', 'begun_at', '', 'true');
create trigger session_of_a_person after insert on session
    referencing new table as added for each statement
    execute function keep_quota('user', '100', '', '0',
        'sweep', 'created_at', '', 'true');
-- A refusal is written later, and may be long.
create trigger confirmation_of_a_person_refused after update on confirmation
    referencing new table as added for each statement
    execute function keep_quota('user', '500', 'payload upload refusal', '16000000',
        'sweep', 'created_at', '', 'true');

-- Events of one kind by one person are counted when another one is recorded.
create index audit_event_of_actor_and_act on audit_event (actor, act, at) where actor is not null;

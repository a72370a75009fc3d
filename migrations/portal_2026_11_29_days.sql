-- The first instant after a day in a time zone; app/days.py:end_of answers the same. Where clocks
-- jump at midnight, 00:00 is missing or comes twice, and `at time zone` alone is up to a day off.
create function end_of_day(day date, time_zone text) returns timestamptz language plpgsql stable as $$
declare
    -- A midnight that is skipped is taken by the offset before the gap, one that comes twice is its
    -- second pass: this is an instant of the following days or their first.
    ends timestamptz := (day + 1)::timestamp at time zone time_zone;
    before timestamptz := ends - interval '26 hours';
    middle timestamptz;
begin
    if ((ends - interval '1 microsecond') at time zone time_zone)::date <= day then
        return ends;
    end if;
    while ends - before > interval '1 second' loop
        middle := before + make_interval(
            secs => floor(extract(epoch from ends - before) / 2)::double precision);
        if (middle at time zone time_zone)::date <= day then
            before := middle;
        else
            ends := middle;
        end if;
    end loop;
    return ends;
end
$$;

-- From which day on the new counts of an applied quote count.
alter table quote_request add column counts_from date;

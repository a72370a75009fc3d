-- A contract's days begin and end in its time zone, and many queries ask for its day: one row with a
-- zone that this server does not know would stop them all.
alter table contract add constraint contract_time_zone
    check ((timestamptz 'epoch' at time zone time_zone) is not null);

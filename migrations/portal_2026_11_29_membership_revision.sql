-- Owners and the person change a membership; a form that was made before is told.
alter table membership add column revision integer not null default 1;
create trigger membership_revision before update on membership
    for each row execute function count_revision();

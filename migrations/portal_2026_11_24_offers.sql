-- Several of the staff work on quote requests, notices and resources: every change counts, so that
-- who looked at an older one is told. The lists are sorted and paged by these indexes.

alter table quote_request add column revision integer not null default 1;
alter table notice add column revision integer not null default 1;
alter table resource add column revision integer not null default 1;
create trigger quote_request_revision before update on quote_request
    for each row execute function count_revision();
create trigger notice_revision before update on notice
    for each row execute function count_revision();
create trigger resource_revision before update on resource
    for each row execute function count_revision();

create index quote_request_age on quote_request (requested_at, id);
create index resource_newest on resource (published_at desc, id desc);
create index resource_name_order on resource (name, id);

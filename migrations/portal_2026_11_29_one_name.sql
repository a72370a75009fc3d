-- One name, one row: Unicode spells "が" as one character or as two, and both look the same. Names are
-- compared in NFC; they are kept as they were written.
-- Of rows that differ by spelling alone, the later ones get the end of their id behind the name.
update company c set name = c.name || ' (' || right(c.id::text, 6) || ')'
where exists (select 1 from company o
              where normalize(o.name, nfc) = normalize(c.name, nfc) and o.id < c.id);
update corporate_group g set name = g.name || ' (' || right(g.id::text, 6) || ')'
where exists (select 1 from corporate_group o
              where normalize(o.name, nfc) = normalize(g.name, nfc) and o.id < g.id);
update environment e set name = e.name || ' (' || right(e.id::text, 6) || ')'
where e.retired_at is null
  and exists (select 1 from environment o
              where o.contract = e.contract and o.retired_at is null
                and normalize(o.name, nfc) = normalize(e.name, nfc) and o.id < e.id);

alter table company drop constraint company_name_key;
create unique index company_name on company (normalize(name, nfc));
alter table corporate_group drop constraint corporate_group_name_key;
create unique index corporate_group_name on corporate_group (normalize(name, nfc));
drop index environment_name;
create unique index environment_name on environment (contract, normalize(name, nfc))
    where retired_at is null;

-- As on every other row that two people may edit, the database counts the changes.
alter table quote_draft rename column version to revision;
create trigger quote_draft_revision before update on quote_draft
    for each row execute function count_revision();

-- As on every other row that two people may edit, the database counts the changes.
alter table environment rename column version to revision;
create trigger environment_revision before update on environment
    for each row execute function count_revision();

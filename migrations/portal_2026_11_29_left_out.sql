-- What an uploaded file contains beside the tables that an import reads: names of sheets and files.
alter table bulk_import add column left_out jsonb not null default '[]';

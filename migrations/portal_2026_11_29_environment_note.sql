alter table environment add column note text not null default '';

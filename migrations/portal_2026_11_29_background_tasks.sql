-- The table of when background tasks were done has the name that the code uses.
alter table chore rename to background_task;
alter index chore_pkey rename to background_task_pkey;

-- Uploads wait here until they are published: whatever lies in the file store is named by a row, so
-- that what was given up is found and thrown away. The row comes before the first byte.
create table resource_upload (
    id uuid primary key,
    storage_key text not null unique,
    name text not null check (name <> ''),
    media_type text not null,
    size bigint check (size >= 0),
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    uploaded_by uuid references portal_user on delete set null,
    begun_at timestamptz not null,
    check ((size is null) = (sha256 is null))
);

-- A withdrawn resource keeps its row, which the history names; its file may go.
alter table resource
    add column keeps_file boolean not null default true,
    add column file_deleted_at timestamptz,
    add constraint resource_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
    add constraint resource_kept_while_offered check (keeps_file or withdrawn_at is not null),
    add constraint resource_deleted_if_meant check (file_deleted_at is null or not keeps_file);

-- People check files by their SHA-256, and resume them by it: another content is another resource.
create function check_resource_change() returns trigger language plpgsql as $$
begin
    if (new.storage_key, new.size, new.sha256, new.published_at)
            is distinct from (old.storage_key, old.size, old.sha256, old.published_at) then
        raise exception 'the file of resource % never changes', old.id
            using errcode = 'check_violation', constraint = 'resource_content_stays';
    end if;
    if old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at then
        raise exception 'resource % was withdrawn', old.id
            using errcode = 'check_violation', constraint = 'resource_withdrawn_once';
    end if;
    return new;
end $$;
create trigger resource_stays before update on resource
    for each row execute function check_resource_change();

create index on resource_product (product);
create index on resource (published_at) where not keeps_file and file_deleted_at is null;

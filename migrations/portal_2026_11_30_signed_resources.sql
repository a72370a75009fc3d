-- A security fix can be downloaded for some months after a term has ended.
alter table resource add column security_fix boolean not null default false;

-- The newest signed manifest of a resource. A new keyset makes a new one, since systems that have
-- seen a newer keyset refuse files with an older one.
create table resource_manifest (
    id uuid primary key,
    resource uuid not null unique references resource on delete cascade,
    keyset_version integer not null check (keyset_version > 0),
    content text not null check (octet_length(content) <= 262144),
    signed_at timestamptz not null
);
create index on resource_manifest (keyset_version);

-- The bill of materials of a resource, as it was uploaded, and its components as rows.
create table resource_sbom (
    id uuid primary key,
    resource uuid not null unique references resource on delete cascade,
    format text not null check (format in ('cyclonedx', 'spdx')),
    spec_version text not null,
    content bytea not null check (octet_length(content) <= 5242880),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    components integer not null check (components >= 0),
    attached_at timestamptz not null
);

create table resource_component (
    id uuid primary key,
    sbom uuid not null references resource_sbom on delete cascade,
    name text not null,
    version text not null,
    license text not null,
    purl text not null
);
create index on resource_component (sbom, name, id);
create index on resource_component (sbom, license, id);

-- How the vendor appears on pages and mails: one row, which is always there.
create table brand (
    id uuid primary key,
    name_ja text not null default '',
    name_en text not null default '',
    accent text not null default '' check (accent ~ '^(#[0-9a-f]{6})?$'),
    accent_dark text not null default '' check (accent_dark ~ '^(#[0-9a-f]{6})?$'),
    company_ja text not null default '',
    company_en text not null default '',
    address_ja text not null default '',
    address_en text not null default '',
    contact_ja text not null default '',
    contact_en text not null default '',
    links text not null default '',
    sender_ja text not null default '',
    sender_en text not null default '',
    footer_ja text not null default '',
    footer_en text not null default '',
    logo bytea check (octet_length(logo) between 1 and 20000),
    logo_type text check (logo_type in ('image/svg+xml', 'image/png')),
    logo_width integer check (logo_width > 0),
    logo_height integer check (logo_height > 0),
    revision integer not null default 1,
    check (num_nulls(logo, logo_type, logo_width, logo_height) in (0, 4))
);
create unique index brand_one_row on brand ((true));
create trigger brand_revision before update on brand
    for each row execute function count_revision();
insert into brand (id) values (gen_random_uuid());

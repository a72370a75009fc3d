-- What the vendor's CRM or ERP calls a row. The forms refuse what cannot be entered; the database
-- keeps that no two rows of a table have the same one. Most rows have none, so the indexes leave
-- those out.
alter table company add column external_id text
    constraint company_external_id_text
    check (external_id <> '' and length(external_id) <= 100 and external_id !~ '[[:cntrl:]]');
create unique index company_external_id on company (external_id) where external_id is not null;

alter table contract add column external_id text
    constraint contract_external_id_text
    check (external_id <> '' and length(external_id) <= 100 and external_id !~ '[[:cntrl:]]');
create unique index contract_external_id on contract (external_id) where external_id is not null;

alter table product add column external_id text
    constraint product_external_id_text
    check (external_id <> '' and length(external_id) <= 100 and external_id !~ '[[:cntrl:]]');
create unique index product_external_id on product (external_id) where external_id is not null;

alter table entitlement add column external_id text
    constraint entitlement_external_id_text
    check (external_id <> '' and length(external_id) <= 100 and external_id !~ '[[:cntrl:]]');
create unique index entitlement_external_id on entitlement (external_id)
    where external_id is not null;

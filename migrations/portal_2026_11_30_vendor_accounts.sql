-- Service accounts of the vendor: of no contract, with scopes in place of a role. A contract's
-- statements ask for its id, so they never meet one.
alter table service_account alter column contract drop not null;
alter table service_account alter column role drop not null;
alter table service_account add column scopes text[];
alter table service_account add check (num_nonnulls(contract, role) in (0, 2));
alter table service_account add check (num_nonnulls(contract, scopes) = 1);
alter table service_account add check (cardinality(scopes) > 0);
create unique index service_account_vendor_name on service_account (normalize(name, nfc))
    where contract is null and revoked_at is null;

create or replace view known_service_account as
    select id, contract, role from service_account
    where contract is not null and revoked_at is null and expires_at > now();

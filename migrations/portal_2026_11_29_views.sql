-- A lower domain never names the tables of a higher one. Where it has to know something of them, it
-- declares a view of just that (its class stands in the lower domain's tables.py), and the view is
-- filled here. They are plain selections, which the planner writes into the statement: they cost
-- nothing, and every index serves as before.

create view known_word as
    select code as word from product
    union all select name_ja from product
    union all select name_en from product;

create view known_environment as
    select id, contract, group_company, name, sort_key, retired_at from environment;

create view known_entitlement as
    select id, contract, ends_on from entitlement;

create view known_allocation as
    select environment, entitlement, quantity from allocation;

create view known_activation as
    select id, environment, seq, issued_at, expires_at, end_reason from activation;

create view known_grant as
    select activation, entitlement, quantity, starts_on, ends_on from activation_product;

-- A retired environment keeps its history in the audit log and names no group company that is
-- removed; one in use keeps it from being removed.
create function forget_group_company() returns trigger language plpgsql as $$
begin
    update environment set group_company = null
    where group_company = old.id and retired_at is not null;
    return old;
end $$;
create trigger group_company_forgotten before delete on group_company
    for each row execute function forget_group_company();

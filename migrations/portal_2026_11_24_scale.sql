-- Look-ups that read a whole table, however many rows it had. Nothing that is there changes.

-- Which environments name a group company: asked by its tab, and whenever one is removed.
create index on environment (group_company) where group_company is not null;

-- The lines of a quote request, and which of them speak of an entitlement.
create index on quote_line (quote_request);
create index on quote_line (entitlement) where entitlement is not null;

-- How much of an entitlement is allocated, and where, from the index alone: a sum over thousands of
-- environments would visit as many places of the table.
create index allocation_use on allocation (entitlement, environment) include (quantity);
drop index allocation_entitlement_idx;

-- License keys that are meant for a contract, and companies in a list of group companies: asked when
-- the one they point to goes.
create index on license_key (contract) where contract is not null;
create index on group_company (company);

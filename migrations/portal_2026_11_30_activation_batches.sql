-- Activation files that were issued together are downloaded together.
alter table activation add column batch uuid;
create index activation_batch on activation (batch) where batch is not null;

-- A hybrid portal signs with a key of each algorithm.
alter table signing_key
    add column algorithm text not null default 'EdDSA' check (algorithm in ('EdDSA', 'ML-DSA-65'));

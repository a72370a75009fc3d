-- The connection without a company is the vendor's: its staff sign in through it.
alter table single_sign_on_connection alter column company drop not null;
create unique index single_sign_on_connection_of_the_vendor
    on single_sign_on_connection ((true)) where company is null;

-- What the provider says of a sign-in that counts as a second factor; of staff only.
alter table single_sign_on_connection
    add column amr text[] not null default '{}',
    add column acr text[] not null default '{}',
    add constraint single_sign_on_connection_second_factor
        check (company is null or (amr = '{}' and acr = '{}'));

-- A provider may not say when a person proved who they are; it may say that it asked for a second
-- factor. An account with a second factor is linked after that one, too.
alter table session alter column proved_at drop not null;
alter table session add column second_factor_by_provider boolean not null default false;
alter table pending_sign_in add column provider_subject text;

-- The rule of the vendor's connection is for all staff, and for no one else.
create or replace view known_sign_in_rule as
    select u.id as "user", c.company,
           exists (select 1 from single_sign_on_exception e
                   where e.connection = c.id and e."user" = u.id)
           and exists (select 1 from membership m join contract k on k.id = m.contract
                       where m."user" = u.id and m.role = 'owner' and k.company = c.company)
           and (exists (select 1 from authenticator_app f
                        where f."user" = u.id and f.confirmed_at is not null)
                or exists (select 1 from passkey f where f."user" = u.id)) as excepted
    from portal_user u join single_sign_on_connection c on c.state = 'required'
    where u.staff_role is null and c.company is not null
      and (exists (select 1 from single_sign_on_domain d
                   where d.connection = c.id and d.domain = split_part(u.email, '@', 2))
           or exists (select 1 from single_sign_on_identity i
                      where i.connection = c.id and i."user" = u.id))
    union all
    select u.id, c.company,
           exists (select 1 from single_sign_on_exception e
                   where e.connection = c.id and e."user" = u.id)
           and u.staff_role = 'administrator'
           and (exists (select 1 from authenticator_app f
                        where f."user" = u.id and f.confirmed_at is not null)
                or exists (select 1 from passkey f where f."user" = u.id))
    from portal_user u join single_sign_on_connection c on c.state = 'required'
    where u.staff_role is not null and c.company is null;

-- To the vendor's connection, administrators are what owners are to a company's.
create or replace view known_company_owner as
    select distinct k.company, p.name as company_name, u.id as "user", u.name, u.email, u.language
    from contract k join company p on p.id = k.company
    join membership m on m.contract = k.id and m.role = 'owner'
    join portal_user u on u.id = m."user" and u.disabled_at is null
    union all
    select null, '', u.id, u.name, u.email, u.language
    from portal_user u where u.staff_role = 'administrator' and u.disabled_at is null;

-- Link an account with a person of a provider at the end of a sign-in; false where one of them is
-- linked with another one, or the provider no longer signs anyone in.
create function link_to_provider(provider uuid, person text, account uuid) returns boolean
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    insert into single_sign_on_identity (id, connection, subject, "user", linked_at, last_used_at)
    select gen_random_uuid(), c.id, person, account, now(), now()
    from single_sign_on_connection c where c.id = provider and c.state in ('offered', 'required')
    on conflict do nothing;
    return exists (select 1 from single_sign_on_identity i
                   where i.connection = provider and i.subject = person and i."user" = account);
end
$$;

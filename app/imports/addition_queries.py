"""The statements that turn staged lines into rows, one for each kind; $1 import, $2 now, $3 actor.

Each adds the rows that are not there yet and an audit event for each of them.
"""

from collections.abc import Mapping

from app.contracts.contract_values import EMERGENCY_FILES
from app.imports.present_queries import THERE
from app.imports.rules import Kind

MISSING_GROUPS = """
    select distinct on (normalize(content ->> 'corporate_group', nfc))
           content ->> 'corporate_group' as name
    from import_line
    where import = $1 and kind = 'companies' and content ->> 'corporate_group' <> ''
      and not exists (
          select 1 from corporate_group
          where normalize(name, nfc) = normalize(content ->> 'corporate_group', nfc))
    order by normalize(content ->> 'corporate_group', nfc), line
"""


def _new(kind: Kind) -> str:
    return f"""
        select l.id, l.event, l.content from import_line l
        where l.import = $1 and l.kind = '{kind}' and not exists ({THERE[kind]})
    """


EXTERNAL_ID = "nullif(content ->> 'external_id', '')"
# What an audit event says of it: nothing if there is none.
NAMED = f"jsonb_strip_nulls(jsonb_build_object('external_id', {EXTERNAL_ID}))"


def _events(event_type: str, contract: str, details: str = "'{}'::jsonb") -> str:
    """Answers with as many rows as were added."""
    return f"""
        insert into audit_event (id, at, event_type, actor, contract, subject, details, request_id)
        select new.event, $2::timestamptz, '{event_type}', $3::uuid, {contract}, new.id,
               {details}, ''
        from new
    """


ADDITIONS: Mapping[Kind, str] = {
    Kind.COMPANIES: f"""
        with new as materialized ({_new(Kind.COMPANIES)}),
        added as (
            insert into company (id, name, reading, corporate_group, external_id)
            select new.id, content ->> 'name', content ->> 'reading', g.id, {EXTERNAL_ID}
            from new left join corporate_group g
                on normalize(g.name, nfc) = normalize(content ->> 'corporate_group', nfc))
        {_events("company-creation", "null::uuid", NAMED)}
    """,
    Kind.CONTRACTS: f"""
        with new as materialized ({_new(Kind.CONTRACTS)}),
        added as (
            insert into contract (id, number, name, company, license_type, starts_on, ends_on,
                                  time_zone, sales_name, sales_email, sales_phone, external_id,
                                  emergency_files)
            select new.id, content ->> 'number', content ->> 'name', m.id,
                   content ->> 'license_type', (content ->> 'starts_on')::date,
                   (content ->> 'ends_on')::date, content ->> 'time_zone',
                   content ->> 'sales_name', content ->> 'sales_email', content ->> 'sales_phone',
                   {EXTERNAL_ID},
                   coalesce(nullif(content ->> 'emergency_files', '')::integer, {EMERGENCY_FILES})
            from new join company m
                on normalize(m.name, nfc) = normalize(content ->> 'company', nfc)
            returning id, starts_on),
        history as (
            insert into contract_change (id, contract, kind, effective_on, note, recorded_at)
            select gen_random_uuid(), id, 'signed', starts_on, '', $2 from added)
        {_events("contract-creation", "new.id", NAMED)}
    """,
    Kind.ENTITLEMENTS: f"""
        with new as materialized (
            select lines.*, c.id as contract, p.id as product from ({_new(Kind.ENTITLEMENTS)}) lines
            join contract c on c.number = content ->> 'contract'
            join product p on p.code = content ->> 'product'),
        added as (
            insert into entitlement (id, contract, product, quantity, starts_on, ends_on,
                                     created_at, external_id)
            select id, contract, product, (content ->> 'quantity')::integer,
                   (content ->> 'starts_on')::date, (content ->> 'ends_on')::date, $2,
                   {EXTERNAL_ID}
            from new)
        {
        _events(
            "entitlement-addition",
            "new.contract",
            f"jsonb_build_object('quantity', (content ->> 'quantity')::integer) || {NAMED}",
        )
    }
    """,
    Kind.PEOPLE: f"""
        insert into import_person (id, contract, email, role, language, imported_by)
        select new.id, c.id, content ->> 'email', content ->> 'role', content ->> 'language',
               $3::uuid
        from ({_new(Kind.PEOPLE)}) new join contract c on c.number = content ->> 'contract'
        where $2::timestamptz is not null
    """,
    Kind.LICENSE_KEYS: f"""
        with new as materialized ({_new(Kind.LICENSE_KEYS)}),
        added as (
            insert into license_key (id, code, product, quantity, starts_on, ends_on, contract,
                                     issued_at)
            select new.id, content ->> 'code', p.id, (content ->> 'quantity')::integer,
                   (content ->> 'starts_on')::date, (content ->> 'ends_on')::date, c.id, $2
            from new join product p on p.code = content ->> 'product'
            left join contract c on c.number = content ->> 'contract')
        {_events("license-key-issue", "null::uuid")}
    """,
}
# Workers take different people; who is taken is deleted in the transaction of the invitation.
NEXT_PEOPLE = """
    with next as (
        select id from import_person order by id limit $1 for update skip locked),
    taken as (
        delete from import_person p using next where p.id = next.id returning p.*)
    select t.id, t.contract, t.email, t.role, t.language, t.imported_by, u.name as inviter,
           c.number, c.name, m.name as company
    from taken t join contract c on c.id = t.contract join company m on m.id = c.company
    left join portal_user u on u.id = t.imported_by
    order by t.contract, t.id
"""
# Kind → its rows, with the columns of the file.
EXPORTS: Mapping[Kind, str] = {
    Kind.COMPANIES: """
        select c.name, c.reading, coalesce(g.name, '') as corporate_group,
               coalesce(c.external_id, '') as external_id
        from company c left join corporate_group g on g.id = c.corporate_group order by c.name
    """,
    Kind.CONTRACTS: """
        select c.number, c.name, m.name as company, c.license_type, c.starts_on, c.ends_on,
               c.time_zone, c.sales_name, c.sales_email, c.sales_phone,
               coalesce(c.external_id, '') as external_id, c.emergency_files
        from contract c join company m on m.id = c.company order by c.number
    """,
    Kind.ENTITLEMENTS: """
        select c.number as contract, p.code as product, e.quantity, e.starts_on, e.ends_on,
               coalesce(e.external_id, '') as external_id
        from entitlement e join contract c on c.id = e.contract join product p on p.id = e.product
        where e.license_key is null order by c.number, p.code, e.starts_on, e.id
    """,
    Kind.PEOPLE: """
        select c.number as contract, u.email, m.role, u.language
        from membership m join contract c on c.id = m.contract join portal_user u on u.id = m."user"
        order by c.number, u.email
    """,
    Kind.LICENSE_KEYS: """
        select k.code, p.code as product, k.quantity, k.starts_on, k.ends_on,
               coalesce(c.number, '') as contract
        from license_key k join product p on p.id = k.product
        left join contract c on c.id = k.contract
        where k.revoked_at is null order by k.code
    """,
}

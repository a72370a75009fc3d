"""What is there already under the key of a staged line `l`, and which columns are compared."""

from collections.abc import Mapping

from app.imports.rules import Kind

# An entitlement of an order has no license key. Asked for as `is null`, that would be looked up in
# the key's index, which a server that has not counted nulls yet takes for the shortest way.
# Kind → what is there under the key of a line `l`, with the columns of the file, as text.
THERE: Mapping[Kind, str] = {
    Kind.COMPANIES: """
        select c.name, c.reading, coalesce(g.name, '') as corporate_group,
               coalesce(c.external_id, '') as external_id
        from company c left join corporate_group g on g.id = c.corporate_group
        where normalize(c.name, nfc) = normalize(l.content ->> 'name', nfc)
    """,
    Kind.CONTRACTS: """
        select c.name, m.name as company, c.license_type, c.starts_on::text, c.ends_on::text,
               c.time_zone, c.sales_name, c.sales_email, c.sales_phone,
               coalesce(c.external_id, '') as external_id,
               c.emergency_files::text as emergency_files
        from contract c join company m on m.id = c.company
        where c.number = l.content ->> 'number'
    """,
    Kind.ENTITLEMENTS: """
        select e.quantity::text, e.ends_on::text, coalesce(e.external_id, '') as external_id
        from contract c join entitlement e on e.contract = c.id
        join product p on p.id = e.product
        where c.number = l.content ->> 'contract' and p.code = l.content ->> 'product'
          and e.starts_on = (l.content ->> 'starts_on')::date and num_nulls(e.license_key) = 1
        order by (e.quantity::text, e.ends_on::text)
                 = (l.content ->> 'quantity', l.content ->> 'ends_on') desc,
                 coalesce(e.external_id, '') = l.content ->> 'external_id' desc
        limit 1
    """,
    # A file does not invite a person who was ever invited.
    Kind.PEOPLE: """
        select '' as email from contract c
        where c.number = l.content ->> 'contract' and (
            exists (select 1 from invitation i
                    where i.contract = c.id and i.email = l.content ->> 'email')
            or exists (select 1 from import_person i
                       where i.contract = c.id and i.email = l.content ->> 'email')
            or exists (select 1 from membership m join portal_user u on u.id = m."user"
                       where m.contract = c.id and u.email = l.content ->> 'email'))
    """,
    Kind.LICENSE_KEYS: """
        select p.code as product, k.quantity::text, k.starts_on::text, k.ends_on::text,
               coalesce(c.number, '') as contract
        from license_key k join product p on p.id = k.product
        left join contract c on c.id = k.contract
        where replace(k.code, '-', '') = replace(l.content ->> 'code', '-', '')
    """,
}
COMPARED: Mapping[Kind, tuple[str, ...]] = {
    Kind.COMPANIES: ("reading", "corporate_group", "external_id"),
    Kind.CONTRACTS: (
        *("name", "company", "license_type", "starts_on", "ends_on", "time_zone"),
        *("sales_name", "sales_email", "sales_phone", "external_id", "emergency_files"),
    ),
    Kind.ENTITLEMENTS: ("quantity", "ends_on", "external_id"),
    Kind.PEOPLE: (),
    Kind.LICENSE_KEYS: ("product", "quantity", "starts_on", "ends_on", "contract"),
}

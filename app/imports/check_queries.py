"""What is wrong with staged lines beyond their own values: against each other, and what is there.

Each query answers line, column and value; the problem's words are made of them. All of them look
at one import ($1) and are joined on natural keys, so they cost the same per line however much
there is.
"""

from collections.abc import AsyncIterator, Mapping

import asyncpg

from app.database import Record
from app.imports.rules import NAMED_BY, Fault, FaultyNames, Kind, plain_name_of
from app.web.i18n import gettext as _

# A big import may wait longer than a page would.
QUERY_SECONDS = 600.0
KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.COMPANIES: ("name",),
    Kind.CONTRACTS: ("number",),
    Kind.ENTITLEMENTS: ("contract", "product", "starts_on"),
    Kind.PEOPLE: ("contract", "email"),
    Kind.LICENSE_KEYS: ("code",),
}
# An entitlement of an order has no license key. Asked for as `is null`, that would be looked up in
# the key's index, which a server that has not counted nulls yet takes for the shortest way.
# Kind → what is there under the key of a line `l`, with the columns of the file, as text.
THERE: Mapping[Kind, str] = {
    Kind.COMPANIES: """
        select c.name, c.reading, coalesce(g.name, '') as corporate_group
        from company c left join corporate_group g on g.id = c.corporate_group
        where normalize(c.name, nfc) = normalize(l.content ->> 'name', nfc)
    """,
    Kind.CONTRACTS: """
        select c.name, m.name as company, c.license_type, c.starts_on::text, c.ends_on::text,
               c.time_zone, c.sales_name, c.sales_email, c.sales_phone
        from contract c join company m on m.id = c.company
        where c.number = l.content ->> 'number'
    """,
    Kind.ENTITLEMENTS: """
        select e.quantity::text, e.ends_on::text
        from contract c join entitlement e on e.contract = c.id
        join product p on p.id = e.product
        where c.number = l.content ->> 'contract' and p.code = l.content ->> 'product'
          and e.starts_on = (l.content ->> 'starts_on')::date and num_nulls(e.license_key) = 1
        order by (e.quantity::text, e.ends_on::text)
                 = (l.content ->> 'quantity', l.content ->> 'ends_on') desc
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
    Kind.COMPANIES: ("reading", "corporate_group"),
    Kind.CONTRACTS: (
        *("name", "company", "license_type", "starts_on", "ends_on", "time_zone"),
        *("sales_name", "sales_email", "sales_phone"),
    ),
    Kind.ENTITLEMENTS: ("quantity", "ends_on"),
    Kind.PEOPLE: (),
    Kind.LICENSE_KEYS: ("product", "quantity", "starts_on", "ends_on", "contract"),
}
# Kind → column → how one finds that the thing it names is there, or is in the same file.
NAMED: Mapping[Kind, Mapping[str, str]] = {
    Kind.COMPANIES: {},
    Kind.CONTRACTS: {"company": "company where normalize(name, nfc) ="},
    Kind.ENTITLEMENTS: {"contract": "contract where number =", "product": "product where code ="},
    Kind.PEOPLE: {"contract": "contract where number ="},
    Kind.LICENSE_KEYS: {"product": "product where code =", "contract": "contract where number ="},
}
MADE_BY: Mapping[str, tuple[Kind, str]] = {
    "company": (Kind.COMPANIES, NAMED_BY[Kind.COMPANIES]),
    "contract": (Kind.CONTRACTS, NAMED_BY[Kind.CONTRACTS]),
}


async def find_faults(
    connection: asyncpg.Connection, id: object, faulty: FaultyNames
) -> AsyncIterator[Fault]:
    """Everything that is wrong, kind by kind, in the order of lines.

    Args:
        faulty: lines that are not staged, since they are faulty, but may be named by others.
    """
    for kind in Kind:
        async for row in connection.cursor(
            _question(kind), id, prefetch=1000, timeout=QUERY_SECONDS
        ):
            message = _named_line(row, faulty) or _message(row["problem"], row["value"])
            yield Fault(kind, row["line"], row["column"], message)


def _question(kind: Kind) -> str:
    parts = [_twice(kind)]
    parts += [_unknown(kind, column, where) for column, where in NAMED[kind].items()]
    parts += [_different(kind)] if COMPARED[kind] else []
    parts += [_lost_zeros(kind)] if kind is Kind.CONTRACTS else []
    return " union all ".join(parts) + " order by line, 2"


def _key(kind: Kind, column: str, value: str) -> str:
    """Names of companies are one however Unicode spells them, as the unique index has it."""
    is_name = (kind, column) == (Kind.COMPANIES, "name")
    return f"normalize({value}, nfc)" if is_name else value


def _twice(kind: Kind) -> str:
    keys = ", ".join(_key(kind, key, f"content ->> '{key}'") for key in KEYS[kind])
    if kind is Kind.LICENSE_KEYS:
        # Hyphens only help to read it.
        keys = "replace(content ->> 'code', '-', '')"
    last = KEYS[kind][-1] if kind is Kind.PEOPLE else KEYS[kind][0]
    return f"""
        select line, '{last}' as column, 'twice' as problem, first::text as value
        from (select line, min(line) over (partition by {keys}) as first
              from import_line where import = $1 and kind = '{kind}') lines
        where line <> first
    """


def _bare(column: str) -> str:
    """Codes that begin with zeros, of the portal and of the file, beside what is left without.

    A spreadsheet program takes 00123 for a number and shows 123.
    """
    table, key = {"contract": ("contract", "number"), "product": ("product", "code")}[column]
    return f"""(
        select ltrim(code, '0') as bare, min(code) as code
        from (select {key} as code from {table}
              union all select content ->> 'number' from import_line
              where import = $1 and kind = 'contracts' and '{column}' = 'contract') codes
        where code ~ '^0[0-9]+$' group by 1)"""


def _lost_zeros(kind: Kind) -> str:
    """New contracts whose number is there already, but for its leading zeros; and telephones."""
    return f"""
        select line, 'number', 'zeros', bare.code from import_line l
        join {_bare("contract")} bare on bare.bare = l.content ->> 'number'
        where import = $1 and kind = '{kind}'
          and not exists (select 1 from contract c where c.number = l.content ->> 'number')
        union all
        select line, 'sales_phone', 'zeros', '0' || (content ->> 'sales_phone') from import_line l
        where import = $1 and kind = '{kind}' and content ->> 'time_zone' = 'Asia/Tokyo'
          and content ->> 'sales_phone' ~ '^([1-9][0-9]{{8}}|[5789]0[0-9]{{8}})$'
          and not exists (select 1 from contract c where c.number = l.content ->> 'number')
    """


def _unknown(kind: Kind, column: str, where: str) -> str:
    value = key = f"l.content ->> '{column}'"
    in_file = ""
    if made := MADE_BY.get(column):
        key = _key(*made, value)
        in_file = f"""and {key} not in (
            select {_key(*made, f"content ->> '{made[1]}'")} from import_line
            where import = $1 and kind = '{made[0]}')"""
    bare = f"left join {_bare(column)} bare on bare.bare = {value}" if column != "company" else ""
    problem = "case when bare.code is null then 'unknown' else 'zeros' end" if bare else "'unknown'"
    told = f"coalesce(bare.code, {value})" if bare else value
    return f"""
        select line, '{column}', {problem}, {told} from import_line l {bare}
        where import = $1 and kind = '{kind}' and {value} <> ''
          and not exists (select 1 from {where} {key}) {in_file}
    """


def _different(kind: Kind) -> str:
    pairs = ", ".join(f"('{c}', there.{c}, l.content ->> '{c}')" for c in COMPARED[kind])
    return f"""
        select line, each.name, 'different', each.there from import_line l
        cross join lateral ({THERE[kind]}) there
        cross join lateral (values {pairs}) each (name, there, here)
        where import = $1 and kind = '{kind}'
          and normalize(each.there, nfc) <> normalize(each.here, nfc)
    """


def _named_line(row: Record, faulty: FaultyNames) -> str:
    """Say that a line names another line, which is faulty; nothing if it names none of these."""
    made = MADE_BY.get(row["column"])
    if row["problem"] != "unknown" or made is None:
        return ""
    line = faulty.get((made[0], plain_name_of(row["value"])))
    if line is None:
        return ""
    return _(
        "%(value)s is in the file, but line %(line)s, which describes it, has errors. Correct that"
        " line first.",
        value=row["value"],
        line=line,
    )


def _message(problem: str, value: str) -> str:
    messages = {
        "twice": _("Duplicate of line %(value)s.", value=value),
        "unknown": _("%(value)s does not exist in the portal or in the file.", value=value),
        "zeros": _(
            "Leading zeros may have been lost (%(value)s). Format the column as text and"
            " enter the values again.",
            value=value,
        ),
        "different": _(
            "This already exists with %(value)s. An import only adds: change the entry in the"
            " console, or remove this line.",
            value=value or "–",
        ),
    }
    return messages[problem]

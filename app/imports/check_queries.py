"""What is wrong with staged lines beyond their own values: against each other, and what is there.

Each query answers line, column and value; the problem's words are made of them. All of them look
at one import ($1) and are joined on natural keys, so they cost the same per line however much
there is.
"""

from collections.abc import AsyncIterator, Mapping

import asyncpg

from app.database import Record
from app.imports.present_queries import COMPARED, THERE
from app.imports.rules import NAMED_BY, OPTIONAL, Fault, FaultyNames, Kind, plain_name_of
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
# Kind → column → how one finds that the thing it names is there, or is in the same file.
NAMED: Mapping[Kind, Mapping[str, str]] = {
    Kind.COMPANIES: {},
    Kind.CONTRACTS: {"company": "company where normalize(name, nfc) ="},
    Kind.ENTITLEMENTS: {"contract": "contract where number =", "product": "product where code ="},
    Kind.PEOPLE: {"contract": "contract where number ="},
    Kind.LICENSE_KEYS: {"product": "product where code =", "contract": "contract where number ="},
}
# Kind → the table whose rows have an external id.
NAMED_OUTSIDE: Mapping[Kind, str] = {
    Kind.COMPANIES: "company",
    Kind.CONTRACTS: "contract",
    Kind.ENTITLEMENTS: "entitlement",
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
    parts += [_external_id_twice(kind), _external_id_taken(kind)] if kind in NAMED_OUTSIDE else []
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


def _external_id_twice(kind: Kind) -> str:
    return f"""
        select line, 'external_id', 'twice', first::text
        from (select line, min(line) over (partition by content ->> 'external_id') as first
              from import_line
              where import = $1 and kind = '{kind}' and content ->> 'external_id' <> '') lines
        where line <> first
    """


def _external_id_taken(kind: Kind) -> str:
    """New lines whose external id another row has; lines that are there already are compared."""
    return f"""
        select line, 'external_id', 'taken', l.content ->> 'external_id' from import_line l
        where import = $1 and kind = '{kind}'
          and exists (select 1 from {NAMED_OUTSIDE[kind]} o
                      where o.external_id = l.content ->> 'external_id')
          and not exists ({THERE[kind]})
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
    value_shown = f"coalesce(bare.code, {value})" if bare else value
    return f"""
        select line, '{column}', {problem}, {value_shown} from import_line l {bare}
        where import = $1 and kind = '{kind}' and {value} <> ''
          and not exists (select 1 from {where} {key}) {in_file}
    """


def _here(column: str) -> str:
    """Return what a line says of a column; one that may be left out says nothing if it is empty."""
    value = f"l.content ->> '{column}'"
    return f"coalesce(nullif({value}, ''), there.{column})" if column in OPTIONAL else value


def _different(kind: Kind) -> str:
    pairs = ", ".join(f"('{c}', there.{c}, {_here(c)})" for c in COMPARED[kind])
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
        "taken": _("Another entry already has the external ID %(value)s.", value=value),
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

"""Search everywhere: contracts, companies, people, license keys, environments and quotes."""

from dataclasses import dataclass

from app.database import rows
from app.web.searching import contains, pattern

MOST_SHOWN = 20
KINDS = ("contract", "company", "user", "license-key", "environment", "quote")
# Each: kind, address, name, what it belongs to, and whether the words are its whole name.
PLACES = f"""
    select 'contract' as kind, '/staff/contracts/' || c.number as href,
           c.number || ' ' || c.name as name, p.name as about, lower(c.number) = $2 as exact
    from contract c join company p on p.id = c.company
    where {contains("$1", "c.number", "c.name", "p.name")};
    select 'company', '/staff/companies/' || p.id, p.name, p.reading, false
    from company p
    where {contains("$1", "p.name", "p.reading")};
    select 'user', '/staff/users/' || u.id, u.name || ' (' || u.code || ')', u.email, u.code = $2
    from portal_user u
    where {contains("$1", "u.code", "u.email", "u.name")};
    select 'license-key', '/staff/license-keys/' || k.id,
           left(k.code, 5) || '…' || right(k.code, 5), p.code, lower(k.code) = $2
    from license_key k join product p on p.id = k.product
    where k.code ilike $1;
    select 'environment', '/staff/contracts/' || c.number || '#environments', e.name,
           c.number || ' ' || c.name, false
    from environment e join contract c on c.id = e.contract
    where e.retired_at is null and {contains("$1", "e.name")};
    select 'quote', '/staff/quotes/' || q.reference, q.reference, c.number || ' ' || c.name,
           lower(q.reference) = $2
    from quote_request q join contract c on c.id = q.contract
    where q.reference ilike $1
"""


@dataclass(frozen=True)
class Found:
    """Something that the words find; `exact` where they are its own number or code."""

    kind: str
    href: str
    name: str
    about: str
    exact: bool


async def search(words: str) -> dict[str, list[Found]]:
    """Return what the words find, by kind; at most MOST_SHOWN of each.

    Args:
        words: normalised, not empty.
    """
    parts = " union all ".join(
        f"(select * from ({select}) x (kind, href, name, about, exact)"
        f" order by exact desc, name limit {MOST_SHOWN})"
        for select in PLACES.split(";")
    )
    found = await rows(Found, parts, pattern(words), words.lower())
    return {kind: [row for row in found if row.kind == kind] for kind in KINDS}

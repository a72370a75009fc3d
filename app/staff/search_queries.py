"""Search everywhere: contracts, companies, people, license keys, environments and quotes."""

from app.database import Record, fetch
from app.staff.list_queries import like

MOST_SHOWN = 20
KINDS = ("contract", "company", "user", "license-key", "environment", "quote")
# Each: kind, address, name, what it belongs to, and whether the words are its whole name.
PLACES = """
    select 'contract' as kind, '/staff/contracts/' || c.number as href,
           c.number || ' ' || c.name as name, p.name as about, lower(c.number) = $2 as exact
    from contract c join company p on p.id = c.company
    where normalize(c.number, nfkc) ilike $1 or normalize(c.name, nfkc) ilike $1
       or normalize(p.name, nfkc) ilike $1;
    select 'company', '/staff/companies/' || p.id, p.name, p.reading, false
    from company p
    where normalize(p.name, nfkc) ilike $1 or normalize(p.reading, nfkc) ilike $1;
    select 'user', '/staff/users/' || u.id, u.name || ' (' || u.code || ')', u.email, u.code = $2
    from portal_user u
    where u.code ilike $1 or u.email ilike $1 or normalize(u.name, nfkc) ilike $1;
    select 'license-key', '/staff/license-keys/' || k.id,
           left(k.code, 5) || '…' || right(k.code, 5), p.code, lower(k.code) = $2
    from license_key k join product p on p.id = k.product
    where k.code ilike $1;
    select 'environment', '/staff/contracts/' || c.number || '#environments', e.name,
           c.number || ' ' || c.name, false
    from environment e join contract c on c.id = e.contract
    where e.retired_at is null and normalize(e.name, nfkc) ilike $1;
    select 'quote', '/staff/quotes/' || q.reference, q.reference, c.number || ' ' || c.name,
           lower(q.reference) = $2
    from quote_request q join contract c on c.id = q.contract
    where q.reference ilike $1
"""


async def search(words: str) -> dict[str, list[Record]]:
    """What the words find, by kind; at most MOST_SHOWN of each.

    Args:
        words: normalised, not empty.
    """
    parts = " union all ".join(
        f"(select * from ({select}) x (kind, href, name, about, exact)"
        f" order by exact desc, name limit {MOST_SHOWN})"
        for select in PLACES.split(";")
    )
    rows = await fetch(parts, like(words), words.lower())
    return {kind: [row for row in rows if row["kind"] == kind] for kind in KINDS}

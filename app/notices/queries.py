"""Reads about notices, through the person who looks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.database import fetch, fetch_one, json_rows, part_of, rows

HOME_ROWS = 5
PAGE_ROWS = 20
# More than this is shown as "so many and more"; counting further would only cost time.
MOST_UNREAD = 100
# The person's products, each with the moment at which the last of their contracts loses it.
MINE = """
    select e.product,
           max(end_of_day(least(e.ends_on, c.ends_on), c.time_zone)) as until
    from membership m join contract c on c.id = m.contract
    join entitlement e on e.contract = c.id where m."user" = $1 group by e.product
"""
# What the person sees: whatever was published of a product before they lost it, past ones too.
SEEN = """
    select n.id, n.title_ja, n.title_en, n.body_ja, n.body_en, n.published_at,
           r.id is not null as read
    from notice n left join notice_read r on r.notice = n.id and r."user" = $1
    where n.published_at <= $2 and n.withdrawn_at is null and exists (
        select 1 from notice_product np join mine on mine.product = np.product
        where np.notice = n.id and n.published_at < mine.until)
"""
UNREAD = f"(select count(*) from (select 1 from ({SEEN}) s where not read limit {MOST_UNREAD}) u)"
OF_PRODUCT = """exists (
    select 1 from notice_product np join product p on p.id = np.product
    where np.notice = s.id and p.code = {code})
"""


@dataclass(frozen=True)
class NamedProduct:
    """A product that notices are about."""

    code: str
    name_ja: str
    name_en: str


@dataclass(frozen=True)
class SeenNotice:
    """A notice as one person sees it, with the columns of SEEN."""

    id: UUID
    title_ja: str
    title_en: str
    body_ja: str
    body_en: str
    published_at: datetime
    read: bool


@dataclass(frozen=True)
class OpenedNotice(SeenNotice):
    """A notice with the products that it is about."""

    products: list[NamedProduct]


@dataclass(frozen=True)
class NoticePage:
    """A page of notices, the newest first.

    Attributes:
        unread: how many of all the person's notices are unread, up to MOST_UNREAD.
        following: key of the last row, where more follow.
    """

    notices: list[SeenNotice]
    unread: int
    following: tuple[datetime, UUID] | None


async def list_notices(
    viewer: UUID,
    *,
    unread_only: bool = False,
    product: str = "",
    before: tuple[datetime, UUID] | None = None,
    most: int = PAGE_ROWS,
) -> NoticePage:
    """Return the notices of the person's products, a page at a time by key.

    Args:
        product: code of a product, or empty for all.
        before: key of the last row already seen.
    """
    args: list[object] = [viewer, clock.now()]
    wanted = ["true"]
    if unread_only:
        wanted.append("not read")
    if product:
        args.append(product)
        wanted.append(OF_PRODUCT.format(code=f"${len(args)}"))
    if before:
        args += before
        wanted.append(f"(published_at, id) < (${len(args) - 1}, ${len(args)})")
    listed = await fetch(
        f"""
        with mine as materialized ({MINE})
        select total.unread, s.* from (select {UNREAD} as unread) total
        left join lateral (
            select * from ({SEEN}) s where {" and ".join(wanted)}
            order by published_at desc, id desc limit {most + 1}) s on true
        order by s.published_at desc, s.id desc
        """,
        *args,
    )
    found = [part_of(SeenNotice, each) for each in listed if each["id"] is not None]
    last = found[most - 1] if len(found) > most else None
    key = (last.published_at, last.id) if last else None
    return NoticePage(found[:most], listed[0]["unread"], key)


async def unread_notices(viewer: UUID, until: tuple[datetime, UUID]) -> list[UUID]:
    """Return the ids of the person's unread notices that are not newer than a key."""
    unread = await fetch(
        f"with mine as materialized ({MINE}) select s.id from ({SEEN}) s"
        " where not read and (s.published_at, s.id) <= ($3, $4)",
        viewer,
        clock.now(),
        *until,
    )
    return [each["id"] for each in unread]


async def own_products(viewer: UUID) -> list[NamedProduct]:
    """Return the products of the person's contracts, ended ones too."""
    return await rows(
        NamedProduct,
        f"select p.code, p.name_ja, p.name_en from product p"
        f" join ({MINE}) mine on mine.product = p.id order by p.code",
        viewer,
    )


async def find_notice(viewer: UUID, id: UUID) -> OpenedNotice | None:
    """Return a notice of the person's products, with these products."""
    found = await fetch_one(
        f"""
        with mine as materialized ({MINE})
        select s.*, (select json_agg(json_build_object(
                        'code', p.code, 'name_ja', p.name_ja, 'name_en', p.name_en) order by p.code)
                     from notice_product np join product p on p.id = np.product
                     where np.notice = s.id) as products
        from ({SEEN}) s where s.id = $3
        """,
        viewer,
        clock.now(),
        id,
    )
    if found is None:
        return None
    return OpenedNotice(**{**found, "products": json_rows(NamedProduct, found["products"])})

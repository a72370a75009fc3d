"""Reads about notices, through the person who looks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.database import fetch, fetch_one, json_rows, rows
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of, words_in
from app.web.lists.queries import list_rows

NOTICES_URL = "/notices"
HOME_ROWS = 5
# More than this is shown as "so many and more"; counting further would only cost time.
MOST_UNREAD = 100
# The person's products, each with the moment at which the last of their contracts loses it.
MINE = """
    select e.product,
           max(end_of_day(least(e.ends_on, c.ends_on), c.time_zone)) as until
    from membership m join contract c on c.id = m.contract
    join entitlement e on e.contract = c.id where m."user" = $1 group by e.product
"""
SHARED = f"mine as materialized ({MINE})"
# An anti-join, unlike a left join that finds nothing, tells the planner that most may be unread; so
# it stops at the end of a page, in place of sorting all that there are.
READ = 'exists (select from notice_read where notice = n.id and "user" = $1)'
COLUMNS = f"n.id, n.title_ja, n.title_en, n.body_ja, n.body_en, n.published_at, {READ} as read"
PUBLISHED = "n.published_at <= now() and n.withdrawn_at is null"
# What the person sees: whatever was published of a product before they lost it, past ones too.
OWN = """exists (
    select 1 from notice_product np join mine on mine.product = np.product
    where np.notice = n.id and n.published_at < mine.until)
"""
SEEN = f"notice n where {PUBLISHED} and {OWN}"
UNREAD = f"""
    (select count(*)::text from (select 1 from {SEEN} and not {READ} limit {MOST_UNREAD}) u)
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
class OwnProduct:
    """A product of the person's contracts, and when the last of them loses it."""

    id: UUID
    code: str
    name_ja: str
    name_en: str
    until: datetime


@dataclass(frozen=True)
class Notices:
    """A page of notices, and how many of all the person's are unread, up to MOST_UNREAD."""

    listed: Listed[SeenNotice]
    unread: int


NOTICES = Listing(
    row=fields_of(SeenNotice),
    columns=COLUMNS,
    tables="notice n",
    key="n.id",
    always=PUBLISHED,
    orders={"newest": Order("n.published_at", down=True)},
    search=words_in("n.title_ja", "n.title_en", "n.body_ja", "n.body_en"),
    filters={"unread": {"1": f"not {READ}"}},
    shared=SHARED,
    most=MOST_UNREAD,
    beside=UNREAD,
)


async def list_notices(viewer: UUID, products: list[OwnProduct], wanted: Wanted) -> Notices:
    """Return notices of the person's products, or of the one that is wanted.

    Args:
        products: the person's.
    """
    where = Where(args=[viewer])
    chosen = [product for product in products if product.code == wanted.chosen["product"]]
    for product in chosen:
        where.add("n.id in (select notice from notice_product where product = {})", product.id)
        # Most are seen for this product, which is known without looking at the others.
        where.add(f"(n.published_at < {{}} or {OWN})", product.until)
    if not chosen:
        where.add(OWN)
    listed = await list_rows(NOTICES, wanted, where)
    return Notices(listed, int(listed.beside))


async def newest_notices(viewer: UUID) -> Notices:
    """Return the newest notices, for home."""
    where = Where(args=[viewer])
    where.add(OWN)
    wanted = Wanted.usual(NOTICES_URL, NOTICES, HOME_ROWS)
    listed = await list_rows(NOTICES, wanted, where, counted=False)
    return Notices(listed, int(listed.beside))


async def unread_notices(viewer: UUID, until: UUID) -> list[UUID]:
    """Return the ids of the person's unread notices that are not newer than one of them."""
    unread = await fetch(
        f"with {SHARED} select n.id from {SEEN} and not {READ} and (n.published_at, n.id)"
        " <= (select published_at, id from notice where id = $2)",
        viewer,
        until,
    )
    return [each["id"] for each in unread]


async def own_products(viewer: UUID) -> list[OwnProduct]:
    """Return the products of the person's contracts, ended ones too."""
    return await rows(
        OwnProduct,
        f"select p.id, p.code, p.name_ja, p.name_en, mine.until from product p"
        f" join ({MINE}) mine on mine.product = p.id order by p.code",
        viewer,
    )


async def find_notice(viewer: UUID, id: UUID) -> OpenedNotice | None:
    """Return a notice of the person's products, with these products."""
    found = await fetch_one(
        f"""
        with {SHARED}
        select {COLUMNS}, (select json_agg(json_build_object(
                        'code', p.code, 'name_ja', p.name_ja, 'name_en', p.name_en) order by p.code)
                     from notice_product np join product p on p.id = np.product
                     where np.notice = n.id) as products
        from {SEEN} and n.id = $2
        """,
        viewer,
        id,
    )
    if found is None:
        return None
    return OpenedNotice(**{**found, "products": json_rows(NamedProduct, found["products"])})

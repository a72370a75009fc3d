"""Reads about notices, as the staff see them: drafts and withdrawn ones too."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.database import row
from app.web.lists.listings import Listing, Order, fields_of, words_in


class NoticeState(StrEnum):
    """How far a notice is."""

    DRAFT = "draft"
    WAITING = "waiting"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


CODES = """(select string_agg(p.code, ', ' order by p.code) from notice_product x
    join product p on p.id = x.product where x.notice = n.id)"""

STATES = {
    NoticeState.DRAFT.value: "n.published_at is null",
    NoticeState.WAITING.value: "n.published_at > now() and n.withdrawn_at is null",
    NoticeState.PUBLISHED.value: "n.published_at <= now() and n.withdrawn_at is null",
    NoticeState.WITHDRAWN.value: "n.withdrawn_at is not null",
}


@dataclass(frozen=True)
class ListedNotice:
    """A notice in the list; `products` are the codes of its products."""

    id: UUID
    title_ja: str
    title_en: str
    published_at: datetime | None
    withdrawn_at: datetime | None
    products: str | None


NOTICES = Listing(
    row=fields_of(ListedNotice),
    columns=f"n.id, n.title_ja, n.title_en, n.published_at, n.withdrawn_at, {CODES} as products",
    tables="notice n",
    key="n.id",
    # Drafts come first, then what waits for its time.
    orders={"newest": Order("coalesce(n.published_at, 'infinity')", down=True)},
    search=words_in("n.title_ja", "n.title_en", "n.body_ja", "n.body_en"),
    filters={"state": STATES},
)


def state_of(
    published_at: datetime | None, withdrawn_at: datetime | None, now: datetime
) -> NoticeState:
    """Return how far a notice is."""
    if withdrawn_at is not None:
        return NoticeState.WITHDRAWN
    if published_at is None:
        return NoticeState.DRAFT
    return NoticeState.WAITING if published_at > now else NoticeState.PUBLISHED


@dataclass(frozen=True)
class SeenNotice:
    """A notice.

    Attributes:
        products: ids of the products that it is about.
        codes: the codes of these products.
    """

    id: UUID
    title_ja: str
    title_en: str
    body_ja: str
    body_en: str
    published_at: datetime | None
    withdrawn_at: datetime | None
    revision: int
    products: list[UUID]
    codes: str

    def state(self, now: datetime) -> NoticeState:
        """Return how far it is."""
        return state_of(self.published_at, self.withdrawn_at, now)

    def changeable(self, now: datetime) -> bool:
        """Return whether it is not published yet."""
        return self.state(now) in {NoticeState.DRAFT, NoticeState.WAITING}


async def find_notice(id: UUID) -> SeenNotice | None:
    """Return a notice."""
    return await row(
        SeenNotice,
        f"""
        select n.id, n.title_ja, n.title_en, n.body_ja, n.body_en, n.published_at,
               n.withdrawn_at, n.revision,
               array(select product from notice_product where notice = n.id) as products,
               coalesce({CODES}, '') as codes
        from notice n where n.id = $1
        """,
        id,
    )

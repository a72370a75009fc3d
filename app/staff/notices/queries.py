"""Reads about notices, as the staff see them: drafts and withdrawn ones too."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.database import fetch_one
from app.staff.list_queries import Listed, Order, Source, Where, list_rows


class NoticeState(StrEnum):
    """How far a notice is."""

    DRAFT = "draft"
    WAITING = "waiting"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


NOTICES = Source(
    columns="""n.id, n.title_ja, n.title_en, n.published_at, n.withdrawn_at,
        (select string_agg(p.code, ', ' order by p.code) from notice_product x
         join product p on p.id = x.product where x.notice = n.id) as products""",
    tables="notice n",
    key="n.id",
    # Drafts come first, then what waits for its time.
    orders={"newest": Order("coalesce(n.published_at, 'infinity')", down=True)},
)
STATES = {
    NoticeState.DRAFT.value: "n.published_at is null",
    NoticeState.WAITING.value: "n.published_at > now() and n.withdrawn_at is null",
    NoticeState.PUBLISHED.value: "n.published_at <= now() and n.withdrawn_at is null",
    NoticeState.WITHDRAWN.value: "n.withdrawn_at is not null",
}


def state_of(notice: Mapping[str, Any], now: datetime) -> NoticeState:
    """How far the notice of a row is."""
    if notice["withdrawn_at"] is not None:
        return NoticeState.WITHDRAWN
    if notice["published_at"] is None:
        return NoticeState.DRAFT
    return NoticeState.WAITING if notice["published_at"] > now else NoticeState.PUBLISHED


async def list_notices(search: str, *, state: str, order: str, after: UUID | None) -> Listed:
    """Notices whose title or text has the words, of one state or of all."""
    where = Where()
    where.contains(search, "n.title_ja", "n.title_en", "n.body_ja", "n.body_en")
    if state:
        where.add(STATES[state])
    return await list_rows(NOTICES, where, order=order, after=after)


async def find_notice(id: UUID) -> dict[str, Any] | None:
    """A notice with its products: each id, code, name_ja and name_en."""
    row = await fetch_one(
        """
        select n.*, (select json_agg(json_build_object('id', p.id, 'code', p.code,
                        'name_ja', p.name_ja, 'name_en', p.name_en) order by p.code)
                     from notice_product x join product p on p.id = x.product
                     where x.notice = n.id)::text as products
        from notice n where n.id = $1
        """,
        id,
    )
    return {**row, "products": json.loads(row["products"] or "[]")} if row else None

"""Publishing notices."""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import unit_of_work
from app.notices.tables import Notice, NoticeProduct


async def publish_notice(
    *,
    title: tuple[str, str],
    body: tuple[str, str],
    products: list[UUID],
    actor: UUID | None,
) -> UUID:
    """Tell the people of some products something.

    Args:
        title: in Japanese and in English.
        body: in Japanese and in English.
    """
    notice = Notice(
        title_ja=title[0],
        title_en=title[1],
        body_ja=body[0],
        body_en=body[1],
        published_at=clock.now(),
    )
    async with unit_of_work():
        await Notice.insert(notice)
        await NoticeProduct.insert(
            *(NoticeProduct(notice=notice.id, product=product) for product in products)
        )
        await record("notice-publication", actor=actor, subject=notice.id)
    return notice.id

"""Notices from draft to withdrawal, as the vendor makes them, and what people have read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from piccolo.custom_types import Combinable

from app import clock
from app.audit.services import record
from app.database import Gone, fetch, lock_row, unit_of_work
from app.notices.queries import unread_notices
from app.notices.tables import Notice, NoticeProduct
from app.notices.values import NoticeValues
from app.web.values import columns


class NoticeSettled(Exception):
    """The notice is not in a state in which this can be done; nothing was changed."""


def _words(values: NoticeValues) -> dict[Any, Any]:
    """Return the columns of a notice itself."""
    return {name: value for name, value in columns(values).items() if name != "products"}


async def compose_notice(values: NoticeValues, *, actor: UUID | None) -> UUID:
    """Keep a draft, which customers do not see yet."""
    notice = Notice(**_words(values))
    async with unit_of_work():
        await Notice.insert(notice)
        await _set_products(notice.id, values.products)
        await record("notice-draft", actor=actor, subject=notice.id)
    return notice.id


async def _lock(notice: UUID, state: Combinable, revision: int | None) -> Notice:
    """Lock a notice that is in a state.

    Raises:
        Changed: another person changed it first.
        NoticeSettled: it is in another state.
    """
    try:
        return await lock_row(Notice, (Notice.id == notice) & state, revision=revision)
    except Gone:
        raise NoticeSettled from None


def _unpublished() -> Combinable:
    """Return that it is a draft, or that its time has not come."""
    unseen = Notice.published_at.is_null() | (Notice.published_at > clock.now())
    return Notice.withdrawn_at.is_null() & unseen


async def change_notice(
    notice: UUID, values: NoticeValues, *, actor: UUID | None, revision: int | None = None
) -> None:
    """Change a draft, or a notice whose time has not come.

    Args:
        revision: the one that was changed; None for any.

    Raises:
        Changed: another person changed it first.
        NoticeSettled: it is published already: people may have read or got it by mail.
    """
    async with unit_of_work():
        await _lock(notice, _unpublished(), revision)
        await Notice.update(_words(values)).where(Notice.id == notice)
        await NoticeProduct.delete().where(NoticeProduct.notice == notice)
        await _set_products(notice, values.products)
        await record("notice-change", actor=actor, subject=notice)


def _open(notice: UUID, now: datetime) -> Combinable:
    """Return the condition that people have not seen the notice yet, and it is not taken back."""
    unseen = Notice.published_at.is_null() | (Notice.published_at > now)
    return (Notice.id == notice) & unseen & Notice.withdrawn_at.is_null()


async def _set_products(notice: UUID, products: Sequence[UUID]) -> None:
    await NoticeProduct.insert(
        *(NoticeProduct(notice=notice, product=product) for product in products)
    )


async def publish_notice(
    notice: UUID,
    *,
    at: datetime | None = None,
    by_mail: bool = True,
    actor: UUID | None,
    revision: int | None = None,
) -> None:
    """Publish a draft, or give a waiting notice another time. The worker mails it by then.

    Args:
        at: the moment from which people see it; now where it is None or past.
        by_mail: False for what people need not be written to about.
        revision: the one that was read; None for any.

    Raises:
        Changed: another person changed it first.
        NoticeSettled: it is published already.
    """
    now = clock.now()
    async with unit_of_work():
        await _lock(notice, _unpublished(), revision)
        await Notice.update(
            {
                Notice.published_at: max(at or now, now),
                Notice.mailed_at: None if by_mail else now,
            }
        ).where(Notice.id == notice)
        await record("notice-publication", actor=actor, subject=notice)


async def withdraw_notice(notice: UUID, *, actor: UUID | None) -> None:
    """Take a notice back: people no longer see it, and mails that still wait are not sent.

    Raises:
        NoticeSettled: it is a draft, or was withdrawn already.
    """
    now = clock.now()
    async with unit_of_work():
        published = Notice.published_at.is_not_null() & Notice.withdrawn_at.is_null()
        found = await _lock(notice, published, None)
        await Notice.update(
            {Notice.withdrawn_at: now, Notice.mailed_at: found.mailed_at or now}
        ).where(Notice.id == notice)
        await fetch(
            "delete from mail where state = 'queued' and id in"
            " (select mail from notice_mail where notice = $1)",
            notice,
        )
        await record("notice-withdrawal", actor=actor, subject=notice)


async def mark_read(viewer: UUID, notice: UUID) -> None:
    """Note that the person has opened a notice."""
    await fetch(
        'insert into notice_read (id, "user", notice, read_at)'
        " values (gen_random_uuid(), $1, $2, $3) on conflict do nothing",
        viewer,
        notice,
        clock.now(),
    )


async def mark_all_read(viewer: UUID, until: UUID) -> None:
    """Note that the person has read their notices.

    Args:
        until: the newest that they were shown; what came after stays unread.
    """
    await fetch(
        'insert into notice_read (id, "user", notice, read_at)'
        " select gen_random_uuid(), $1, id, $3 from unnest($2::uuid[]) id on conflict do nothing",
        viewer,
        await unread_notices(viewer, until),
        clock.now(),
    )

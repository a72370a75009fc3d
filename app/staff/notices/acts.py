"""What the staff confirm about notices: keeping one, publishing it, taking it back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar.exceptions import NotFoundException

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Changed, Record
from app.notices import services
from app.notices.mailing_queries import count_recipients
from app.notices.services import NoticeSettled, Words
from app.staff.access import require
from app.staff.catalogue.queries import choices
from app.staff.notices.queries import NoticeState, find_notice, state_of
from app.staff.rules import Permission
from app.web.i18n import gettext as _
from app.web.i18n import moment, ngettext, number

NOTICES_URL = "/staff/notices"


async def publishable(viewer: Viewer, id: str) -> dict[str, Any]:
    """A notice, for those who may publish.

    Raises:
        NotFoundException: there is none, or they may not.
    """
    require(viewer, Permission.NOTICES_PUBLISH)
    notice = await find_notice(UUID(id))
    if notice is None:
        raise NotFoundException
    return notice


def _codes(products: list[Any]) -> str:
    return ", ".join(product["code"] for product in products)


def _refused(notice: str, error: Exception, form: str) -> Refused:
    if isinstance(error, Changed):
        return Refused("changed-meanwhile", page=form)
    return Refused("notice-settled", page=f"{NOTICES_URL}/{notice}")


def _text_url(payload: Loose) -> str:
    return f"{NOTICES_URL}/{payload['notice']}/text" if payload["notice"] else f"{NOTICES_URL}/new"


async def _state_text(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.NOTICES_PUBLISH)
    offered: list[Record] = await choices()
    chosen = [each for each in offered if str(each["id"]) in payload["products"]]
    return Statement(
        heading=_("Change this notice?") if payload["notice"] else _("Keep this draft?"),
        facts=[
            (_("Japanese title"), payload["title_ja"]),
            (_("English title"), payload["title_en"]),
            (_("Japanese text"), _("%(n)s characters", n=number(len(payload["body_ja"])))),
            (_("English text"), _("%(n)s characters", n=number(len(payload["body_en"])))),
            (_("Products"), _codes(chosen)),
        ],
        back=_text_url(payload),
        notes=[_("Nobody sees it before it is published.")],
    )


async def _keep(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.NOTICES_PUBLISH)
    words = Words(**{name: payload[name] for name in Words.__dataclass_fields__})
    products = [UUID(id) for id in payload["products"]]
    if not payload["notice"]:
        id = await services.compose_notice(words, products, actor=context.viewer.id)
        return Done(f"{NOTICES_URL}/{id}", _("The draft was kept."))
    try:
        await services.change_notice(
            UUID(payload["notice"]),
            words,
            products,
            actor=context.viewer.id,
            revision=payload["revision"],
        )
    except (Changed, NoticeSettled) as error:
        raise _refused(payload["notice"], error, _text_url(payload)) from None
    return Done(f"{NOTICES_URL}/{payload['notice']}", _("The notice was changed."))


def when_told(at: str) -> str:
    """A moment of a payload, with its time zone."""
    return f"{moment(datetime.fromisoformat(at))} (Asia/Tokyo)" if at else _("At once")


async def _mails_told(notice: dict[str, Any], payload: Loose) -> str:
    if not payload["by_mail"]:
        return _("None")
    count = await count_recipients([UUID(product["id"]) for product in notice["products"]])
    return ngettext("%(n)s person as things stand now", "%(n)s people as things stand now", count)


async def _state_publication(context: Context, payload: Loose) -> Statement:
    notice = await publishable(context.viewer, payload["notice"])
    return Statement(
        heading=_("Publish this notice?"),
        facts=[
            (_("Japanese title"), notice["title_ja"]),
            (_("English title"), notice["title_en"]),
            (_("Products"), _codes(notice["products"])),
            (_("When"), when_told(payload["at"])),
            (_("Mails"), await _mails_told(notice, payload)),
        ],
        back=f"{NOTICES_URL}/{payload['notice']}/publication",
        notes=[_("A published notice is never changed. It can be withdrawn, but sent mails not.")],
    )


async def _publish(context: Context, payload: Loose) -> Done:
    await publishable(context.viewer, payload["notice"])
    try:
        await services.publish_notice(
            UUID(payload["notice"]),
            at=datetime.fromisoformat(payload["at"]) if payload["at"] else None,
            by_mail=payload["by_mail"],
            actor=context.viewer.id,
            revision=payload["revision"],
        )
    except (Changed, NoticeSettled) as error:
        page = f"{NOTICES_URL}/{payload['notice']}/publication"
        raise _refused(payload["notice"], error, page) from None
    if payload["at"]:
        told = _("The notice will be published: %(when)s.", when=when_told(payload["at"]))
    else:
        told = _("The notice was published.")
    return Done(f"{NOTICES_URL}/{payload['notice']}", told)


async def _state_withdrawal(context: Context, payload: Loose) -> Statement:
    notice = await publishable(context.viewer, payload["notice"])
    seen = state_of(notice, clock.now()) is NoticeState.PUBLISHED
    return Statement(
        heading=_("Withdraw this notice?"),
        facts=[
            (_("Japanese title"), notice["title_ja"]),
            (_("English title"), notice["title_en"]),
            (_("When"), when_told(notice["published_at"].isoformat())),
        ],
        back=f"{NOTICES_URL}/{payload['notice']}",
        notes=[_("Nobody sees it any more, and mails that still wait are not sent.")],
        warning=_("People may have read it already, or got it by mail.") if seen else "",
    )


async def _withdraw(context: Context, payload: Loose) -> Done:
    await publishable(context.viewer, payload["notice"])
    page = f"{NOTICES_URL}/{payload['notice']}"
    try:
        await services.withdraw_notice(UUID(payload["notice"]), actor=context.viewer.id)
    except NoticeSettled as error:
        raise _refused(payload["notice"], error, page) from None
    return Done(page, _("The notice was withdrawn."))


TEXT = Act("notice-text", Loose, _state_text, _keep)
PUBLICATION = Act("notice-publication", Loose, _state_publication, _publish)
WITHDRAWAL = Act("notice-withdrawal", Loose, _state_withdrawal, _withdraw)

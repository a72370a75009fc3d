"""What the staff confirm about notices: keeping one, publishing it, taking it back."""

from datetime import datetime
from uuid import UUID

from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Statement
from app.notices import services
from app.notices.mailing_queries import count_recipients
from app.notices.services import NoticeSettled
from app.notices.values import NoticeValues
from app.staff.access import requires
from app.staff.catalogue import queries as catalogue
from app.staff.notices.queries import NoticeState, SeenNotice, find_notice
from app.staff.notices.values import PublicationValues
from app.staff.rules import Permission
from app.web.i18n import N_, moment, ngettext
from app.web.i18n import gettext as _
from app.web.values import Choices, facts

NOTICES_URL = "/staff/notices"


class NoticeText(Entry[NoticeValues], frozen=True):
    """What a notice says; None for a new one."""

    notice: UUID | None


class OfNotice(Payload, frozen=True):
    """An act about an existing notice."""

    notice: UUID


class Publication(Entry[PublicationValues], frozen=True):
    """When a notice is published."""

    notice: UUID


def notice_url(id: UUID) -> str:
    """Return the path of a notice's page in the console."""
    return f"{NOTICES_URL}/{id}"


async def provide_notice(notice_id: FromPath[UUID]) -> SeenNotice:
    """Return a notice.

    Raises:
        NotFoundException: there is none.
    """
    notice = await find_notice(notice_id)
    if notice is None:
        raise NotFoundException
    return notice


async def product_choices() -> Choices:
    """Return the products that a notice or a file can be about, by their codes."""
    return {"products": {str(each.id): each.code for each in await catalogue.list_catalogue()}}


def _form_url(notice: SeenNotice, form: str) -> str:
    """Return the form that an act came from, or the notice where it is too late for the form."""
    url = notice_url(notice.id)
    return f"{url}/{form}" if notice.changeable(clock.now()) else url


async def _state_text(_context: Context, payload: NoticeText) -> Statement:
    notice = await provide_notice(payload.notice) if payload.notice else None
    return Statement(
        heading=_("Change this notice?") if notice else _("Save this draft?"),
        facts=facts(payload.values, await product_choices()),
        back=_form_url(notice, "text") if notice else f"{NOTICES_URL}/new",
        notes=[_("No one can see the notice until it is published.")],
    )


async def _keep(context: Context, payload: NoticeText) -> Done:
    id, values, actor = payload.notice, payload.values, context.viewer.id
    if id is None:
        id = await services.compose_notice(values, actor=actor)
        return Done(notice_url(id), _("The draft was saved."), str(id))
    await services.change_notice(id, values, actor=actor, revision=payload.revision)
    return Done(notice_url(id), _("The notice was changed."))


def _when(at: datetime | None) -> str:
    if at is None:
        return _("Immediately")
    return _("%(when)s (Japan time)", when=moment(at))


async def _mails_text(notice: SeenNotice, values: PublicationValues) -> str:
    if not values.by_mail:
        return _("None")
    count = await count_recipients(notice.products)
    return ngettext("%(n)s person as of now", "%(n)s people as of now", count)


async def _state_publication(_context: Context, payload: Publication) -> Statement:
    notice = await provide_notice(payload.notice)
    return Statement(
        heading=_("Publish this notice?"),
        facts=[
            (_("Japanese title"), notice.title_ja),
            (_("English title"), notice.title_en),
            (_("Products"), notice.codes),
            (_("When"), _when(payload.values.at)),
            (_("Emails"), await _mails_text(notice, payload.values)),
        ],
        back=_form_url(notice, "publication"),
        notes=[
            _(
                "You cannot change a published notice. You can withdraw it, but emails already sent"
                " cannot be recalled."
            )
        ],
    )


async def _publish(context: Context, payload: Publication) -> Done:
    at = payload.values.at
    await services.publish_notice(
        payload.notice,
        at=at,
        by_mail=payload.values.by_mail,
        actor=context.viewer.id,
        revision=payload.revision,
    )
    message = _("The notice was published.")
    if at:
        message = _("The notice will be published on %(when)s.", when=_when(at))
    return Done(notice_url(payload.notice), message)


async def _state_withdrawal(_context: Context, payload: OfNotice) -> Statement:
    notice = await provide_notice(payload.notice)
    seen = notice.state(clock.now()) is NoticeState.PUBLISHED
    return Statement(
        heading=_("Withdraw this notice?"),
        facts=[
            (_("Japanese title"), notice.title_ja),
            (_("English title"), notice.title_en),
            (_("When"), _when(notice.published_at)),
        ],
        back=notice_url(notice.id),
        notes=[_("The notice is no longer shown, and queued emails are not sent.")],
        warning=_("Some people may have already read the notice or received it by email.")
        if seen
        else "",
        danger=True,
    )


async def _withdraw(context: Context, payload: OfNotice) -> Done:
    await services.withdraw_notice(payload.notice, actor=context.viewer.id)
    return Done(notice_url(payload.notice), _("The notice was withdrawn."))


REFUSALS = {
    "settled": Refusal(
        "form", N_("The status of this notice has changed. Check it below."), NoticeSettled
    )
}
MAY = requires(Permission.NOTICES_PUBLISH)
TEXT = Act("notice-text", NoticeText, _state_text, _keep, REFUSALS, MAY)
PUBLICATION = Act("notice-publication", Publication, _state_publication, _publish, REFUSALS, MAY)
WITHDRAWAL = Act("notice-withdrawal", OfNotice, _state_withdrawal, _withdraw, REFUSALS, MAY)

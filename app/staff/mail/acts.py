"""What the staff confirm about mails: sending one again, throwing one away."""

from uuid import UUID

from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.confirmations.acts import Act, Context, Done, Payload, Refusal, Refused, Statement
from app.mail.rules import kind_name
from app.staff.access import requires
from app.staff.mail import queries, services
from app.staff.mail.queries import SeenMail
from app.staff.rules import Permission
from app.web.i18n import N_, moment
from app.web.i18n import gettext as _

MAIL_URL = "/staff/mail"


class OfMail(Payload, frozen=True):
    """An act about a mail as it is."""

    mail: UUID


async def provide_mail(id: FromPath[UUID]) -> SeenMail:
    """Return how a mail fares.

    Raises:
        NotFoundException: there is none.
    """
    mail = await queries.find_mail(id)
    if mail is None:
        raise NotFoundException
    return mail


def _facts(mail: SeenMail) -> list[tuple[str, str]]:
    return [
        (_("Kind"), kind_name(mail.template)),
        (_("Written"), moment(mail.created_at)),
        (_("About"), mail.person_name or mail.contract or "–"),
        (_("The server's words"), mail.answer or "–"),
    ]


async def _state_retry(_context: Context, payload: OfMail) -> Statement:
    mail = await provide_mail(payload.mail)
    return Statement(
        heading=_("Send this mail again?"),
        facts=_facts(mail),
        back=f"{MAIL_URL}/{mail.id}",
        notes=[_("It joins the queue and is tried as often as a new one.")],
    )


async def _retry(context: Context, payload: OfMail) -> Done:
    mail = await provide_mail(payload.mail)
    if not await services.send_again(mail.id, mail.template, actor=context.viewer.id):
        raise Refused("settled")
    return Done(f"{MAIL_URL}/{mail.id}", _("The mail waits to be sent again."))


async def _state_discard(_context: Context, payload: OfMail) -> Statement:
    mail = await provide_mail(payload.mail)
    return Statement(
        heading=_("Discard this mail?"),
        facts=_facts(mail),
        back=f"{MAIL_URL}/{mail.id}",
        warning=_("What it says is deleted, and nobody gets it any more."),
    )


async def _discard(context: Context, payload: OfMail) -> Done:
    mail = await provide_mail(payload.mail)
    if not await services.discard(mail.id, mail.template, actor=context.viewer.id):
        raise Refused("settled")
    return Done(f"{MAIL_URL}/{mail.id}", _("The mail was discarded."))


REFUSALS = {
    "settled": Refusal("form", N_("The mail is not as it was any more. Look at its state."))
}
MAY = requires(Permission.MAIL_SEND_AGAIN)
RETRY = Act("mail-retry", OfMail, _state_retry, _retry, REFUSALS, MAY)
DISCARD = Act("mail-discard", OfMail, _state_discard, _discard, REFUSALS, MAY)

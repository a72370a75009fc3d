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
    """An act about an existing mail."""

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
        (_("Created at"), moment(mail.created_at)),
        (_("Regarding"), mail.person_name or mail.contract or "–"),
        (_("Server response"), mail.answer or "–"),
    ]


async def _state_retry(_context: Context, payload: OfMail) -> Statement:
    mail = await provide_mail(payload.mail)
    return Statement(
        heading=_("Resend this email?"),
        facts=_facts(mail),
        back=f"{MAIL_URL}/{mail.id}",
        notes=[_("The email returns to the queue and is retried like a new one.")],
    )


async def _retry(context: Context, payload: OfMail) -> Done:
    mail = await provide_mail(payload.mail)
    if not await services.send_again(mail.id, mail.template, actor=context.viewer.id):
        raise Refused("settled")
    return Done(f"{MAIL_URL}/{mail.id}", _("The email was queued to be sent again."))


async def _state_discard(_context: Context, payload: OfMail) -> Statement:
    mail = await provide_mail(payload.mail)
    return Statement(
        heading=_("Discard this email?"),
        facts=_facts(mail),
        back=f"{MAIL_URL}/{mail.id}",
        warning=_("The content is deleted and the email will not be delivered."),
        danger=True,
    )


async def _discard(context: Context, payload: OfMail) -> Done:
    mail = await provide_mail(payload.mail)
    if not await services.discard(mail.id, mail.template, actor=context.viewer.id):
        raise Refused("settled")
    return Done(f"{MAIL_URL}/{mail.id}", _("The email was discarded."))


REFUSALS = {"settled": Refusal("form", N_("This email has changed. Check its status."))}
MAY = requires(Permission.MAIL_SEND_AGAIN)
RETRY = Act("mail-retry", OfMail, _state_retry, _retry, REFUSALS, MAY)
DISCARD = Act("mail-discard", OfMail, _state_discard, _discard, REFUSALS, MAY)

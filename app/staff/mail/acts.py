"""What the staff confirm about mails: sending one again, throwing one away."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.database import Record
from app.staff.access import require
from app.staff.mail import queries, services
from app.staff.rules import Permission
from app.web.i18n import gettext as _
from app.web.i18n import moment

MAIL_URL = "/staff/mail"


async def changeable(viewer: Viewer, id: UUID) -> Record:
    """A mail, for those who may send it again or throw it away.

    Raises:
        NotFoundException: there is none, or they may not.
    """
    require(viewer, Permission.MAIL_SEND_AGAIN)
    mail = await queries.find_mail(id)
    if mail is None:
        raise NotFoundException
    return mail


def _facts(mail: Record) -> list[tuple[str, str]]:
    return [
        (_("Kind"), mail["template"]),
        (_("Written"), moment(mail["created_at"])),
        (_("About"), mail["person_name"] or mail["contract"] or "–"),
        (_("The server's words"), mail["answer"] or "–"),
    ]


async def _state_retry(context: Context, payload: Loose) -> Statement:
    mail = await changeable(context.viewer, UUID(payload["mail"]))
    return Statement(
        heading=_("Send this mail again?"),
        facts=_facts(mail),
        back=f"{MAIL_URL}/{mail['id']}",
        notes=[_("It joins the queue and is tried as often as a new one.")],
    )


async def _retry(context: Context, payload: Loose) -> Done:
    mail = await changeable(context.viewer, UUID(payload["mail"]))
    if not await services.send_again(mail["id"], mail["template"], actor=context.viewer.id):
        raise Refused("mail-changed")
    return Done(f"{MAIL_URL}/{mail['id']}", _("The mail waits to be sent again."))


async def _state_discard(context: Context, payload: Loose) -> Statement:
    mail = await changeable(context.viewer, UUID(payload["mail"]))
    return Statement(
        heading=_("Discard this mail?"),
        facts=_facts(mail),
        back=f"{MAIL_URL}/{mail['id']}",
        warning=_("What it says is deleted, and nobody gets it any more."),
    )


async def _discard(context: Context, payload: Loose) -> Done:
    mail = await changeable(context.viewer, UUID(payload["mail"]))
    if not await services.discard(mail["id"], mail["template"], actor=context.viewer.id):
        raise Refused("mail-changed")
    return Done(f"{MAIL_URL}/{mail['id']}", _("The mail was discarded."))


RETRY = Act("mail-retry", Loose, _state_retry, _retry)
DISCARD = Act("mail-discard", Loose, _state_discard, _discard)

"""What the staff confirm about several mails at once: sending them again."""

from uuid import UUID

from app.confirmations.acts import Act, Context, Done, Payload, Refusal, Refused, Statement
from app.mail.rules import kind_name
from app.staff.mail import queries, services
from app.staff.mail.acts import MAIL_URL, MAY
from app.staff.mail.queries import SeenMail
from app.web.i18n import N_, moment, ngettext
from app.web.i18n import gettext as _


class OfMails(Payload, frozen=True):
    """An act about mails as they are; their ids in order."""

    mails: list[UUID]


def _named(mail: SeenMail) -> str:
    about = mail.person_name or mail.contract or "–"
    return f"{kind_name(mail.template)} · {about} · {moment(mail.created_at)}"


async def _state(_context: Context, payload: OfMails) -> Statement:
    mails = await queries.list_mails(payload.mails)
    return Statement(
        heading=ngettext("Resend %(n)s email?", "Resend %(n)s emails?", len(payload.mails)),
        facts=[(_("Emails"), "\n".join(_named(mail) for mail in mails))],
        back=MAIL_URL,
        notes=[_("The emails return to the queue and are retried like new ones.")],
    )


async def _perform(context: Context, payload: OfMails) -> Done:
    mails = {mail.id: mail for mail in await queries.list_mails(payload.mails)}
    for id in payload.mails:
        mail = mails.get(id)
        if not mail or not await services.send_again(id, mail.template, actor=context.viewer.id):
            raise Refused("settled")
    message = ngettext(
        "%(n)s email was queued to be sent again.",
        "%(n)s emails were queued to be sent again.",
        len(payload.mails),
    )
    return Done(MAIL_URL, message)


RETRIES = Act(
    "mail-retries",
    OfMails,
    _state,
    _perform,
    {
        "settled": Refusal(
            "form", N_("A selected email has changed. Nothing was resent. Select again.")
        )
    },
    MAY,
)

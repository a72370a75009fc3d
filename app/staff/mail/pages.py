"""Mail: how each one fares in the server's words; sent again, or thrown away."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.mail.rules import KINDS, kind_name
from app.staff.access import permitted
from app.staff.mail import acts, queries
from app.staff.mail.queries import SeenMail
from app.staff.mail.selection_acts import RETRIES, OfMails
from app.staff.rules import Permission
from app.staff.selection_forms import selected
from app.staff.shell_pages import draft_errors, staff_page
from app.web.i18n import gettext as _
from app.web.lists.addresses import Wanted
from app.web.lists.queries import list_rows
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other

SEE = [permitted(Permission.CONSOLE_SEE)]
CHANGE = [permitted(Permission.MAIL_SEND_AGAIN)]


@get(acts.MAIL_URL, guards=SEE)
async def list_mails(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
    """メール: waiting, sent and failed."""
    errors = await draft_errors(request, viewer, lambda _: True, RETRIES)
    return await _list(request, errors)


async def _list(request: PageRequest, errors: dict[str, str]) -> Response[str]:
    wanted = Wanted.read(acts.MAIL_URL, query_form(request), queries.MAILS)
    listed = await list_rows(queries.MAILS, wanted)
    kinds = sorted(((each, kind_name(each)) for each in KINDS), key=lambda pair: pair[1])
    return staff_page(
        request,
        "staff/mails.html",
        listed=listed,
        kinds=kinds,
        kind_name=kind_name,
        errors=errors,
    )


@post(acts.MAIL_URL + "/retry", guards=CHANGE)
async def propose_retries(request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """再送 of the selected ones: on to the confirm step."""
    mails = selected(await read_form(request), "mails")
    known = await queries.list_mails(mails)
    if not known:
        return await _list(request, {"form": _("Select at least one email.")})
    if len(known) < len(mails) or not all(mail.retriable() for mail in known):
        return await _list(request, {"form": RETRIES.refusal("settled").text()})
    return see_other(await propose(viewer, RETRIES, OfMails(mails)))


class Mails(Controller):
    """One mail."""

    path = acts.MAIL_URL + "/{id:uuid}"
    dependencies = {"mail": Provide(acts.provide_mail)}

    @get(guards=SEE)
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        mail: NamedDependency[SeenMail],
    ) -> Response[str]:
        """How it fares, and what can be done."""
        errors = await draft_errors(
            request, viewer, lambda p: p.mail == mail.id, acts.RETRY, acts.DISCARD
        )
        return staff_page(
            request, "staff/mail.html", mail=mail, kind=kind_name(mail.template), errors=errors
        )

    @post("/retry", guards=CHANGE)
    async def propose_retry(
        self, viewer: NamedDependency[Viewer], mail: NamedDependency[SeenMail]
    ) -> Response[Any]:
        """再送: on to the confirm step."""
        if not mail.retriable():
            raise NotFoundException
        return see_other(await propose(viewer, acts.RETRY, acts.OfMail(mail.id)))

    @post("/discard", guards=CHANGE)
    async def propose_discard(
        self, viewer: NamedDependency[Viewer], mail: NamedDependency[SeenMail]
    ) -> Response[Any]:
        """破棄: on to the confirm step."""
        if not mail.discardable():
            raise NotFoundException
        return see_other(await propose(viewer, acts.DISCARD, acts.OfMail(mail.id)))

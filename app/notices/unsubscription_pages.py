"""Stopping the mails of notices by the link in one of them, without logging in (RFC 8058)."""

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.access import PersonRequest
from app.accounts.rules import token_hash
from app.notices.mailing_queries import Subscription, find_subscription
from app.notices.mailing_services import stop_notices
from app.web import i18n
from app.web.forms import read_id
from app.web.i18n import gettext as _
from app.web.requests import FormData, PageRequest, read_form
from app.web.templates import page


def _wanted(data: FormData) -> set[UUID] | None:
    """Return the ticked memberships; None for all, which is what a mail program asks for."""
    if data.get("List-Unsubscribe") == "One-Click":
        return None
    return {id for value in data.all("membership") if (id := read_id(value))}


class Unsubscriptions(Controller):
    """The link in a notice's mail. GET only shows; having the link is what lets them in."""

    path = "/unsubscriptions/{token:str}"

    @get(opt={"public": True})
    async def show(self, request: PageRequest, token: FromPath[str]) -> Response[str]:
        """The contracts that the mail was for, and the button."""
        return _page(request, token, await find_subscription(token_hash(token)))

    @post(opt={"public": True, "any_site": True})
    async def stop(self, request: PageRequest, token: FromPath[str]) -> Response[str]:
        """通知を停止する, by the person or by their mail program."""
        wanted = _wanted(await read_form(request))
        found = await stop_notices(token, wanted)
        return _page(request, token, found, nothing_chosen=wanted is not None and not wanted)


def _page(
    request: PersonRequest, token: str, found: Subscription | None, *, nothing_chosen: bool = False
) -> Response[str]:
    """Return the page, without a session in the language of the mail's recipient."""
    if found is None:
        raise NotFoundException
    if request.user is None:
        i18n.language.set(found.language)
    errors = {"contracts": _("Select at least one contract.")} if nothing_chosen else {}
    return page(
        request,
        "notices/unsubscription.html",
        status=422 if errors else 200,
        headers={"Cache-Control": "no-store"},
        running=[contract for contract in found.contracts if contract.notification],
        stopped=[contract for contract in found.contracts if not contract.notification],
        place=f"/unsubscriptions/{token}",
        errors=errors,
    )

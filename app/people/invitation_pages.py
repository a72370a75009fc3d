"""招待する: the form, and what can be done with an open invitation."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app import clock
from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.services import find_draft, propose
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.database import Record
from app.people import invitation_acts as acts
from app.people import queries
from app.people.access import provide_invitation
from app.people.forms import InvitationForm
from app.people.rules import MOST_OPEN, AddressProblem
from app.web import i18n
from app.web.i18n import LANGUAGE_NAMES, number
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page


def _told(problems: Mapping[str, str]) -> str:
    """What stands against each address."""
    return " ".join(
        _("%(address)s is a member of this contract already.", address=email)
        if problem == AddressProblem.MEMBER
        else _(
            "%(address)s has an open invitation already; send that one again instead.",
            address=email,
        )
        for email, problem in problems.items()
    )


def _refusal(refusal: dict[str, Any]) -> dict[str, str]:
    if "problems" in refusal:
        return {"emails": _told(refusal["problems"])}
    return {
        "emails": _(
            "At most %(most)s invitations of a contract can be open. Cancel some first.",
            most=number(MOST_OPEN),
        )
    }


class InvitationCreation(Controller):
    """招待する."""

    path = "/contracts/{number:str}/invitations/new"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_changeable_contract)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.INVITATION)
        if draft is None:
            return _page(request, contract, "", i18n.language.get(), {})
        errors = _refusal(draft.refusal) if draft.refusal else {}
        typed = "\n".join(draft.payload["emails"])
        return _page(request, contract, typed, draft.payload["language"], errors)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """メールを送信: on to the confirm step."""
        form = InvitationForm.read(await read_form(request))
        if "emails" not in form.errors:
            problems = await queries.address_problems(contract.id, form.emails, clock.now())
            if problems:
                form.errors["emails"] = _told(problems)
        if form.errors:
            return _page(request, contract, form.typed, form.language, form.errors)
        payload = {
            "contract": contract.number,
            "emails": form.emails,
            "language": form.language,
        }
        return see_other(await propose(viewer, acts.INVITATION, payload))


def _page(
    request: PageRequest,
    contract: SeenContract,
    typed: str,
    language: str,
    errors: dict[str, str],
) -> Response[str]:
    return page(
        request,
        "people/invitation.html",
        status=422 if errors and request.method == "POST" else 200,
        contract=contract,
        typed=typed,
        chosen=language,
        languages=LANGUAGE_NAMES,
        errors=errors,
    )


class OpenInvitations(Controller):
    """Sending an open invitation again, and taking it back."""

    path = "/contracts/{number:str}/invitations/{invitation_id:uuid}"
    guards = [signed_in]
    dependencies = {
        "contract": Provide(provide_changeable_contract),
        "invitation": Provide(provide_invitation),
    }

    @post("/resending")
    async def propose_resending(
        self,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        invitation: NamedDependency[Record],
    ) -> Response[Any]:
        """再送: on to the confirm step."""
        payload = {"contract": contract.number, "invitation": str(invitation["id"])}
        return see_other(await propose(viewer, acts.RESENDING, payload))

    @post("/cancellation")
    async def propose_cancellation(
        self,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        invitation: NamedDependency[Record],
    ) -> Response[Any]:
        """取り消し: on to the confirm step."""
        payload = {"contract": contract.number, "invitation": str(invitation["id"])}
        return see_other(await propose(viewer, acts.CANCELLATION, payload))

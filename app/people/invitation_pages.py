"""招待する: the form, and what can be done with an open invitation."""

from typing import Any

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide

from app import clock
from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.form_pages import FormPages
from app.confirmations.services import propose
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.people import invitation_acts as acts
from app.people import queries
from app.people.access import provide_invitation
from app.people.queries import OpenInvitation
from app.people.values import InvitationValues
from app.web import i18n
from app.web.i18n import LANGUAGE_NAMES
from app.web.requests import PageRequest
from app.web.responses import see_other
from app.web.templates import page
from app.web.values import Choices, Form, SentForm


class InvitationCreation(FormPages[SeenContract, InvitationValues, acts.Creation]):
    """招待する."""

    path = "/contracts/{number:str}/invitations/new"
    guards = [signed_in]
    dependencies = {"subject": Provide(provide_changeable_contract)}
    act = acts.INVITATION
    values = InvitationValues

    def now(self, subject: SeenContract) -> InvitationValues:
        """Offer the reader's language for the mails."""
        return InvitationValues([], i18n.language.get())

    async def choices(self, subject: SeenContract) -> Choices:
        """Offer the languages."""
        return {"language": LANGUAGE_NAMES}

    async def check(self, subject: SeenContract, form: SentForm[InvitationValues]) -> None:
        """Name the addresses that cannot be invited."""
        emails = form.values.emails
        if "emails" not in form.errors and (
            problems := await queries.address_problems(subject.id, emails, clock.now())
        ):
            form.errors["emails"] = acts.PROBLEMS.text(problems=problems)

    def entry(
        self, subject: SeenContract, values: InvitationValues, revision: int
    ) -> acts.Creation:
        """Propose the invitations."""
        return acts.Creation(subject.number, values=values, revision=revision)

    async def page(self, request: PageRequest, subject: SeenContract, form: Form) -> Response[str]:
        """Show the form."""
        return page(
            request,
            "people/invitation.html",
            status=422 if form.errors and request.method == "POST" else 200,
            contract=subject,
            form=form,
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
        invitation: NamedDependency[OpenInvitation],
    ) -> Response[Any]:
        """再送: on to the confirm step."""
        payload = acts.OfInvitation(contract.number, invitation.id)
        return see_other(await propose(viewer, acts.RESENDING, payload))

    @post("/cancellation")
    async def propose_cancellation(
        self,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        invitation: NamedDependency[OpenInvitation],
    ) -> Response[Any]:
        """取り消し: on to the confirm step."""
        payload = acts.OfInvitation(contract.number, invitation.id)
        return see_other(await propose(viewer, acts.CANCELLATION, payload))

"""関係者: who belongs to a contract, and the page of each membership."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency, Provide

from app import clock
from app.accounts.access import signed_in, user_of
from app.accounts.rules import Viewer
from app.confirmations.acts import Act
from app.confirmations.form_pages import FormPages
from app.confirmations.services import find_draft, propose
from app.contracts.access import provide_contract
from app.contracts.rules import Role, SeenContract
from app.people import acts, queries
from app.people.access import provide_membership
from app.people.invitation_acts import RESENDING
from app.people.queries import SeenMembership
from app.people.values import MembershipValues
from app.web.lists.addresses import Wanted
from app.web.requests import PageRequest, query_form
from app.web.responses import see_other
from app.web.templates import page
from app.web.values import Choices, Form, SentForm, from_attributes


async def _refusal(request: PageRequest, viewer: Viewer, *of: Act[Any]) -> str:
    """Return why the confirmation in the address was refused, or an empty string."""
    wanted = request.query_params.get("draft", "")
    for act in of if wanted else ():
        draft = await find_draft(viewer, wanted, act)
        if draft is not None and draft.errors:
            return next(iter(draft.errors.values()))
    return ""


@get(
    "/contracts/{number:str}/members",
    guards=[signed_in],
    dependencies={"contract": Provide(provide_contract)},
)
async def list_members(
    request: PageRequest,
    viewer: NamedDependency[Viewer],
    contract: NamedDependency[SeenContract],
) -> Response[str]:
    """関係者: role, notices and last sign-in of each; owners see open invitations too."""
    wanted = Wanted.read(f"{contract.url}/members", query_form(request), queries.MEMBERS)
    shows_invitations = contract.may_change and wanted.key is None
    return page(
        request,
        "people/members.html",
        contract=contract,
        listed=await queries.list_members(contract, wanted),
        invitations=await queries.list_invitations(contract) if shows_invitations else None,
        now=clock.now(),
        invited="invited" in request.query_params,
        problem=await _refusal(request, viewer, acts.CHANGE, acts.REMOVAL, RESENDING),
    )


@dataclass(frozen=True)
class Subject:
    """What the form of a membership is about."""

    contract: SeenContract
    membership: SeenMembership


def provide_subject(
    contract: NamedDependency[SeenContract], membership: NamedDependency[SeenMembership]
) -> Subject:
    """Name the membership in the address."""
    return Subject(contract, membership)


class Memberships(FormPages[Subject, MembershipValues, acts.Change]):
    """One person's membership: role, notices, removal; your own: notices, leaving."""

    path = "/contracts/{number:str}/members/{membership_id:uuid}"
    guards = [signed_in]
    dependencies = {
        "contract": Provide(provide_contract),
        "membership": Provide(provide_membership),
        "subject": Provide(provide_subject, sync_to_thread=False),
    }
    act = acts.CHANGE
    values = MembershipValues

    def now(self, subject: Subject) -> MembershipValues:
        """Show the current role and notices."""
        return from_attributes(MembershipValues, subject.membership)

    def revision(self, subject: Subject) -> int:
        """Return the revision of the membership."""
        return subject.membership.revision

    async def choices(self, subject: Subject) -> Choices:
        """Offer the roles to owners."""
        return acts.choices(subject.contract)

    async def check(self, subject: Subject, form: SentForm[MembershipValues]) -> None:
        """Report at once that the contract keeps its owner."""
        if subject.membership.has_to_stay and form.values.role is Role.MEMBER:
            form.errors["role"] = acts.REFUSALS["last-owner"].text()

    def entry(self, subject: Subject, values: MembershipValues, revision: int) -> acts.Change:
        """Propose them; a role that the person may not change stays what it is."""
        role = values.role or subject.membership.role
        return acts.Change(
            subject.contract.number,
            subject.membership.id,
            values=msgspec.structs.replace(values, role=role),
            revision=revision,
        )

    async def page(self, request: PageRequest, subject: Subject, form: Form) -> Response[str]:
        """Show the form, also where the removal was refused."""
        viewer = user_of(request)
        if problem := await _refusal(request, viewer, acts.REMOVAL):
            form.errors.setdefault("form", problem)
        return page(
            request,
            "people/membership.html",
            status=422 if form.errors and request.method == "POST" else 200,
            contract=subject.contract,
            membership=subject.membership,
            form=form,
        )

    @post("/removal")
    async def propose_removal(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[Subject],
    ) -> Response[Any]:
        """関係者から外す, or leave: on to the confirm step."""
        contract, membership = subject.contract, subject.membership
        if membership.has_to_stay:
            choices = await self.choices(subject)
            form = Form.of(self.values, self.now(subject), membership.revision, choices)
            self.refuse(form, "last-owner")
            return await self.page(request, subject, form)
        payload = acts.Removal(contract.number, membership.id)
        return see_other(await propose(viewer, acts.REMOVAL, payload))

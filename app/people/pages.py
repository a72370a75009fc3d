"""関係者: who belongs to a contract, and the page of each membership."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app import clock
from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.acts import Act
from app.confirmations.services import find_draft, propose
from app.contracts.access import provide_contract
from app.contracts.rules import Role, SeenContract
from app.database import Record
from app.people import acts, queries
from app.people.access import provide_membership
from app.people.forms import MembershipForm
from app.people.invitation_acts import RESENDING
from app.people.queries import SeenMembership
from app.people.rules import MembershipProblem
from app.web.forms import read_id
from app.web.i18n import gettext as _
from app.web.paging import Leaf, Turn, addresses
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page


def _problem(problem: str) -> str:
    """What a refused confirmation says."""
    return {
        MembershipProblem.LAST_OWNER: _(
            "This is the only owner left, and a contract that runs keeps one. Make somebody else"
            " an owner first."
        ),
        MembershipProblem.NOT_OWNER: _(
            "Nothing was changed: you are not an owner of this contract any more. Somebody else"
            " changed your role meanwhile."
        ),
        MembershipProblem.CHANGED_MEANWHILE: _(
            "Somebody else changed this membership meanwhile. Compare, then try again."
        ),
        "member": _("Nothing was sent: the person has become a member meanwhile."),
    }[problem]


async def _refusal(request: PageRequest, viewer: Viewer, *of: Act[Any]) -> str:
    """Why the confirmation in the address was refused, or an empty string."""
    wanted = request.query_params.get("draft", "")
    for act in of if wanted else ():
        draft = await find_draft(viewer, wanted, act)
        if draft is not None and draft.refusal:
            return _problem(draft.refusal["problem"])
    return ""


def _turn(request: PageRequest) -> Turn[UUID]:
    after, before = (read_id(request.query_params.get(name, "")) for name in ("after", "before"))
    return Turn(after or before, back=after is None and before is not None)


def _pages(contract: SeenContract, members: Leaf[Record]) -> dict[str, str]:
    """The ways to the other pages of the list."""
    return addresses(
        f"{contract.url}/members",
        {},
        {"before": str(members.rows[0]["id"])} if members.rows and members.previous else None,
        {"after": str(members.rows[-1]["id"])} if members.rows and members.following else None,
    )


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
    people = await queries.list_people(contract, _turn(request))
    return page(
        request,
        "people/members.html",
        contract=contract,
        people=people,
        pages=_pages(contract, people.members),
        now=clock.now(),
        problem=await _refusal(request, viewer, acts.CHANGE, acts.REMOVAL, RESENDING),
    )


class Memberships(Controller):
    """One person's membership: role, notices, removal; one's own: notices, leaving."""

    path = "/contracts/{number:str}/members/{membership_id:uuid}"
    guards = [signed_in]
    dependencies = {
        "contract": Provide(provide_contract),
        "membership": Provide(provide_membership),
    }

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        membership: NamedDependency[SeenMembership],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.CHANGE)
        typed = (membership.role, membership.notification)
        if draft is not None and draft.payload["membership"] == str(membership.id):
            typed = (Role(draft.payload["role"]), draft.payload["notification"])
        problem = await _refusal(request, viewer, acts.CHANGE, acts.REMOVAL)
        errors = {"form": problem} if problem else {}
        return _page(request, contract, membership, typed, errors)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        membership: NamedDependency[SeenMembership],
    ) -> Response[Any]:
        """更新: on to the confirm step."""
        form = MembershipForm.read(
            await read_form(request), membership.role, may_change_role=contract.may_change
        )
        if membership.has_to_stay and form.role is not Role.OWNER:
            form.errors["role"] = _problem(MembershipProblem.LAST_OWNER)
        if form.errors:
            typed = (form.role, form.notification)
            return _page(request, contract, membership, typed, form.errors)
        payload = {
            "contract": contract.number,
            "membership": str(membership.id),
            "role": form.role.value,
            "notification": form.notification,
            "seen_role": membership.role.value,
            "seen_notification": membership.notification,
        }
        return see_other(await propose(viewer, acts.CHANGE, payload))

    @post("/removal")
    async def propose_removal(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        membership: NamedDependency[SeenMembership],
    ) -> Response[Any]:
        """関係者から外す, or leave: on to the confirm step."""
        if membership.has_to_stay:
            typed = (membership.role, membership.notification)
            problem = _problem(MembershipProblem.LAST_OWNER)
            return _page(request, contract, membership, typed, {"form": problem})
        payload = {"contract": contract.number, "membership": str(membership.id)}
        return see_other(await propose(viewer, acts.REMOVAL, payload))


def _page(
    request: PageRequest,
    contract: SeenContract,
    membership: SeenMembership,
    typed: tuple[Role, bool],
    errors: dict[str, str],
) -> Response[str]:
    return page(
        request,
        "people/membership.html",
        status=422 if errors and request.method == "POST" else 200,
        contract=contract,
        membership=membership,
        typed_role=typed[0].value,
        typed_notification=typed[1],
        errors=errors,
    )

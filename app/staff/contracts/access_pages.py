"""Who has access to a contract: the review as a table and as CSV, owners, open invitations."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.contracts.rules import Role
from app.people.acts import notices, role_name
from app.spreadsheets.csv_lines import BOM, csv_line
from app.staff.access import permitted
from app.staff.contracts import access_queries as queries
from app.staff.contracts import owner_acts as acts
from app.staff.contracts.access_queries import Access
from app.staff.contracts.pages import CHANGE, SEE, provide_head
from app.staff.contracts.queries import ContractHead
from app.staff.contracts.values import OwnerValues
from app.staff.rules import Permission
from app.staff.services import note_inspection
from app.staff.shell_pages import StaffForms, staff_page
from app.web.downloads import file_answer
from app.web.i18n import LANGUAGE_NAMES, file_moment, pgettext
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, is_head
from app.web.responses import see_other
from app.web.values import Choices, SentForm, prefilled


class AccessReview(Controller):
    """Everyone who can see a contract, so that staff can check that this is right."""

    path = "/staff/contracts/{number:str}/access-review"
    guards = SEE
    dependencies = {"contract": Provide(provide_head)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[ContractHead],
    ) -> Response[str]:
        """The table."""
        people = await queries.list_access(contract.id)
        return staff_page(
            request, "staff/access_review.html", contract=contract, people=people, role=Role
        )

    @get("/export")
    async def export(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[ContractHead],
    ) -> Response[str]:
        """CSVでダウンロード; that it was taken is on record."""
        people = await queries.list_access(contract.id)
        if not is_head(request):
            await note_inspection(contract=contract.id, actor=viewer.id, place="access-review")
        content = BOM + "".join(_lines(contract, people))
        return file_answer(f"access-{contract.number}.csv", content, "text/csv")


def _lines(contract: ContractHead, people: list[Access]) -> list[str]:
    zone = contract.time_zone
    head = [
        *(_("User code"), _("User name"), _("Email address"), _("Role"), _("Notices")),
        *(_("Member since"), _("Last sign-in"), _("Two-step verification"), _("Disabled")),
    ]
    lines = [csv_line(head)]
    for each in people:
        last = each.last_sign_in_at
        cells = [each.code, each.name, each.email, role_name(Role(each.role))]
        cells += [notices(each.notification), file_moment(each.created_at, zone)]
        cells += [file_moment(last, zone) if last else ""]
        cells += [pgettext("second step", "Set up") if each.second_factor else _("Not set up")]
        cells += [file_moment(each.disabled_at, zone) if each.disabled_at else ""]
        lines.append(csv_line(cells))
    return lines


@dataclass(frozen=True)
class Vacancy:
    """A contract that needs an owner, and its people."""

    contract: ContractHead
    people: list[Access]

    @property
    def owned(self) -> bool:
        """Return whether an owner is left who can act."""
        return queries.owned(self.people)


async def provide_vacancy(number: FromPath[str]) -> Vacancy:
    """Return the contract in the address with its people."""
    contract = await provide_head(number)
    return Vacancy(contract, await queries.list_access(contract.id))


class OwnerAppointment(StaffForms[Vacancy, OwnerValues, acts.Appointment]):
    """An owner for a contract that has none left who can act."""

    path = "/staff/contracts/{number:str}/owner"
    guards = [permitted(Permission.OWNERS_APPOINT)]
    dependencies = {"subject": Provide(provide_vacancy)}
    act = acts.OWNER
    values = OwnerValues
    template = "staff/owner.html"

    def now(self, subject: Vacancy) -> OwnerValues:
        """Show an empty form."""
        return prefilled(OwnerValues, owner_language="ja")

    async def choices(self, subject: Vacancy) -> Choices:
        """Offer the members whose account works."""
        members = queries.eligible(subject.people)
        return {"membership": members, "owner_language": LANGUAGE_NAMES}

    def entry(self, subject: Vacancy, values: OwnerValues, revision: int) -> acts.Appointment:
        """Propose the owner."""
        return acts.Appointment(subject.contract.number, values=values)

    async def check(self, subject: Vacancy, form: SentForm[OwnerValues]) -> None:
        """Report at once that an owner is there, or that not exactly one person is named."""
        chosen, email = form.values.membership, form.values.owner_email
        if subject.owned:
            form.errors.clear()
            self.refuse(form, "owner-there")
        elif chosen and email:
            form.errors["owner_email"] = _("Select a member or enter an email address, not both.")
        elif not (chosen or email or {"membership", "owner_email"} & form.errors.keys()):
            form.errors["owner_email"] = _("Select a member, or enter an email address.")

    async def context(self, subject: Vacancy) -> dict[str, Any]:
        """Give the page the contract, and whether it has an owner."""
        return {"contract": subject.contract, "owned": subject.owned}


class Invitations(Controller):
    """Open invitations of a contract: sent again, or taken back, also for owners who cannot."""

    path = "/staff/contracts/{number:str}/invitations/{invitation_id:uuid}"
    guards = CHANGE

    @post("/resending")
    async def propose_resending(
        self,
        viewer: NamedDependency[Viewer],
        number: FromPath[str],
        invitation_id: FromPath[UUID],
    ) -> Response[Any]:
        """再送: on to the confirm step."""
        await acts.find_invitation(number, invitation_id)
        payload = acts.OfInvitation(number, invitation_id)
        return see_other(await propose(viewer, acts.RESENDING, payload))

    @post("/cancellation")
    async def propose_cancellation(
        self,
        viewer: NamedDependency[Viewer],
        number: FromPath[str],
        invitation_id: FromPath[UUID],
    ) -> Response[Any]:
        """取り消し: on to the confirm step."""
        await acts.find_invitation(number, invitation_id)
        payload = acts.OfInvitation(number, invitation_id)
        return see_other(await propose(viewer, acts.CANCELLATION, payload))

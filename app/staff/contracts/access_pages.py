"""Who has access to a contract: the review as a table and as CSV, owners, open invitations."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.contracts.rules import Role
from app.database import Record
from app.people.acts import notices, role_name
from app.spreadsheets.csv_lines import BOM, csv_line
from app.staff.access import permitted
from app.staff.contracts import owner_acts as acts
from app.staff.contracts import queries
from app.staff.contracts.forms import OwnerForm
from app.staff.contracts.pages import CHANGE, SEE, provide_head
from app.staff.rules import Permission
from app.staff.services import note_inspection
from app.staff.shell_pages import kept, problem_of, staff_page
from app.web.i18n import gettext as _
from app.web.i18n import moment, pgettext
from app.web.requests import PageRequest, is_head, read_form
from app.web.responses import see_other


class AccessReview(Controller):
    """Everybody who can see a contract, so that somebody can check that it is right."""

    path = "/staff/contracts/{number:str}/access-review"
    guards = SEE
    dependencies = {"contract": Provide(provide_head)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
    ) -> Response[str]:
        """The table."""
        people = await queries.list_access(contract["id"])
        return staff_page(
            request, "staff/access_review.html", contract=contract, people=people, role=Role
        )

    @get("/export")
    async def export(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
    ) -> Response[str]:
        """CSVでダウンロード; that it was taken is on record."""
        people = await queries.list_access(contract["id"])
        if not is_head(request):
            await note_inspection(contract=contract["id"], actor=viewer.id, place="access-review")
        return Response(
            BOM + "".join(_lines(contract, people)),
            media_type="text/csv",
            headers={
                "Content-Disposition": f'attachment; filename="access-{contract["number"]}.csv"',
                "Cache-Control": "no-store",
            },
        )


def _lines(contract: Record, people: Sequence[Record]) -> list[str]:
    zone = contract["time_zone"]
    head = [
        *(_("User code"), _("User name"), _("E-mail address"), _("Role"), _("Notices")),
        *(_("Member since"), _("Last sign-in"), _("Two-step log-in"), _("Disabled")),
    ]
    lines = [csv_line(head)]
    for each in people:
        last = each["last_sign_in_at"]
        cells = [each["code"], each["name"], each["email"], role_name(Role(each["role"]))]
        cells += [notices(each["notification"]), moment(each["created_at"], zone)]
        cells += [moment(last, zone) if last else ""]
        cells += [pgettext("second step", "Set up") if each["second_factor"] else _("Not set up")]
        cells += [moment(each["disabled_at"], zone) if each["disabled_at"] else ""]
        lines.append(csv_line(cells))
    return lines


class OwnerAppointment(Controller):
    """An owner for a contract that has none left who can act."""

    path = "/staff/contracts/{number:str}/owner"
    guards = [permitted(Permission.OWNERS_APPOINT)]
    dependencies = {"contract": Provide(provide_head)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        now = dict.fromkeys(OwnerForm.NAMES, "") | {"owner_language": "ja"}
        about = {"contract": contract["number"]}
        typed, errors = await kept(request, viewer, acts.OWNER, now, **about)
        return _form(request, contract, await queries.list_access(contract["id"]), typed, errors)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
    ) -> Response[Any]:
        """登録: on to the confirm step."""
        people = await queries.list_access(contract["id"])
        form = OwnerForm.read(await read_form(request), [p["id"] for p in _eligible(people)])
        errors = problem_of({"problem": "owner-there"}) if _owned(people) else form.errors
        if errors:
            return _form(request, contract, people, form.typed, errors)
        payload = {**form.payload, "contract": contract["number"]}
        return see_other(await propose(viewer, acts.OWNER, payload))


def _eligible(people: Sequence[Record]) -> list[Record]:
    return [each for each in people if each["disabled_at"] is None]


def _owned(people: Sequence[Record]) -> bool:
    return any(each["role"] == Role.OWNER for each in _eligible(people))


def _form(
    request: PageRequest,
    contract: Record,
    people: Sequence[Record],
    typed: Mapping[str, Any],
    errors: dict[str, str],
) -> Response[str]:
    return staff_page(
        request,
        "staff/owner.html",
        contract=contract,
        people=_eligible(people),
        owned=_owned(people),
        typed=typed,
        errors=errors,
    )


class Invitations(Controller):
    """Open invitations of a contract: sent again, or taken back, also for owners who cannot."""

    path = "/staff/contracts/{number:str}/invitations/{invitation_id:uuid}"
    guards = CHANGE
    dependencies = {"contract": Provide(provide_head)}

    @post("/resending")
    async def propose_resending(
        self,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
        invitation_id: FromPath[UUID],
    ) -> Response[Any]:
        """再送: on to the confirm step."""
        await acts.provide_invitation(contract["number"], invitation_id)
        payload = {"contract": contract["number"], "invitation": str(invitation_id)}
        return see_other(await propose(viewer, acts.RESENDING, payload))

    @post("/cancellation")
    async def propose_cancellation(
        self,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
        invitation_id: FromPath[UUID],
    ) -> Response[Any]:
        """取り消し: on to the confirm step."""
        await acts.provide_invitation(contract["number"], invitation_id)
        payload = {"contract": contract["number"], "invitation": str(invitation_id)}
        return see_other(await propose(viewer, acts.CANCELLATION, payload))

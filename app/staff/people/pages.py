"""Users: finding people, seeing what their accounts are, and helping them; staff accounts."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.form_pages import NEW
from app.confirmations.services import find_draft, propose
from app.staff.access import permitted, require
from app.staff.people import acts, queries
from app.staff.people.queries import SeenAccount
from app.staff.people.values import ReasonValues, RoleValues, StaffValues
from app.staff.rules import NEEDS_REASON, Help, Permission, StaffRole, permission_for, permits
from app.staff.services import note_account_inspection
from app.staff.shell_pages import StaffForms, draft_errors, staff_page
from app.web.browsers import browser_name
from app.web.lists.addresses import Wanted
from app.web.lists.queries import list_rows
from app.web.requests import PageRequest, is_head, query_form, read_form
from app.web.responses import see_other
from app.web.values import Choices, Form, SentForm, read_values

SEE = [permitted(Permission.CONSOLE_SEE)]
# Whether the account is a customer's or one of the staff's decides what it takes.
HELP = [permitted(Permission.USERS_HELP)]
STAFF = [permitted(Permission.STAFF_CHANGE)]


@get(acts.USERS_URL, guards=SEE)
async def list_users(request: PageRequest) -> Response[str]:
    """ユーザ: by code, name and mail address."""
    wanted = Wanted.read(acts.USERS_URL, query_form(request), queries.USERS)
    listed = await list_rows(queries.USERS, wanted)
    return staff_page(request, "staff/users.html", listed=listed, roles=acts.role_names())


@get(acts.USERS_URL + "/{id:uuid}", guards=SEE)
async def show_user(
    request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> Response[str]:
    """A person's account; the view is recorded."""
    account = await queries.find_user(id)
    if account is None:
        raise NotFoundException
    if not is_head(request):
        await note_account_inspection(user=id, actor=viewer.id)
    errors = await draft_errors(request, viewer, lambda p: p.user == id, acts.ROLE, acts.HELP)
    return await _user(request, viewer, account, errors)


async def _user(
    request: PageRequest, viewer: Viewer, account: SeenAccount, errors: dict[str, str]
) -> Response[str]:
    changeable = permits(viewer, permission_for(account.staff_role))
    return staff_page(
        request,
        "staff/user.html",
        account=account,
        own=account.id == viewer.id,
        slowed_down=await queries.is_rate_limited(account),
        helps=acts.offered_to(viewer, account) if changeable else [],
        needs_reason=NEEDS_REASON,
        roles=acts.role_names(),
        browser_name=browser_name,
        errors=errors,
    )


class Helps(Controller):
    """One thing that is done for an account."""

    path = acts.USERS_URL + "/{id:uuid}/{help:str}"
    guards = HELP

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        id: FromPath[UUID],
        help: FromPath[str],
    ) -> Response[str]:
        """The form for the reason, where one is needed."""
        account, wanted = await _find(viewer, id, help)
        if wanted not in NEEDS_REASON:
            raise NotFoundException
        require(viewer, permission_for(account.staff_role, wanted))
        draft = await find_draft(viewer, request.query_params.get("draft", ""), acts.HELP)
        form = Form.of(ReasonValues, None, 0, {})
        if draft and (draft.payload.user, draft.payload.help) == (id, wanted):
            form = Form.of(ReasonValues, ReasonValues(draft.payload.reason), 0, {})
            form.errors.update(draft.errors)
        return _reason(request, account, wanted, form)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        id: FromPath[UUID],
        help: FromPath[str],
    ) -> Response[Any]:
        """On to the confirm step."""
        account, wanted = await _find(viewer, id, help)
        reason = ""
        if wanted in NEEDS_REASON:
            form = read_values(ReasonValues, await read_form(request), {})
            if form.errors:
                return _reason(request, account, wanted, form)
            reason = form.values.reason
        return see_other(await propose(viewer, acts.HELP, acts.AccountHelp(id, wanted, reason)))


async def _find(viewer: Viewer, id: UUID, help: str) -> tuple[SeenAccount, Help]:
    account = await acts.changeable_account(viewer, id)
    if help not in acts.offered_to(viewer, account):
        raise NotFoundException
    return account, Help(help)


def _reason(request: PageRequest, account: SeenAccount, help: Help, form: Form) -> Response[str]:
    return staff_page(
        request, "staff/reason.html", account=account, help=help, form=form, errors=form.errors
    )


class StaffRoles(Controller):
    """Another role for one of the staff."""

    path = acts.USERS_URL + "/{id:uuid}/staff-role"
    guards = STAFF

    @post()
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[Any]:
        """更新: on to the confirm step."""
        account = await acts.changeable_account(viewer, id)
        if account.staff_role is None:
            raise NotFoundException
        data = await read_form(request)
        form = read_values(RoleValues, data, acts.choices())
        if form.errors:
            return await _user(request, viewer, account, form.errors)
        # A form that does not say from which role it was made counts as made from the one of now.
        seen = data.get("seen") if data.get("seen") in set(StaffRole) else account.staff_role
        payload = acts.RoleChange(id, StaffRole(seen), values=form.values)
        return see_other(await propose(viewer, acts.ROLE, payload))


class StaffCreation(StaffForms[None, StaffValues, acts.StaffCreation]):
    """A new account of the staff, entered by a mailed link."""

    path = f"{acts.USERS_URL}/staff/new"
    guards = STAFF
    dependencies = NEW
    act = acts.CREATION
    values = StaffValues
    template = "staff/staff_account.html"

    def now(self, subject: None) -> StaffValues:
        """Show the least role, and the language of most."""
        return StaffValues()

    async def choices(self, subject: None) -> Choices:
        """Offer the roles and languages."""
        return acts.choices()

    async def check(self, subject: None, form: SentForm[StaffValues]) -> None:
        """Report at once that the code or the address is taken."""
        values = form.values
        if not form.errors and (
            taken := await queries.code_or_address_taken(values.code, values.email)
        ):
            self.refuse(form, taken)

    def entry(self, subject: None, values: StaffValues, revision: int) -> acts.StaffCreation:
        """Propose an account."""
        return acts.StaffCreation(values=values)

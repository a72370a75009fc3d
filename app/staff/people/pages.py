"""Users: finding people, seeing what their accounts are, and helping them; staff accounts."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.staff.access import permitted, require
from app.staff.list_forms import ListForm
from app.staff.people import acts, queries
from app.staff.people.forms import ReasonForm, RoleForm, StaffForm
from app.staff.rules import NEEDS_REASON, Help, Permission, StaffRole, permission_for, permits
from app.staff.services import note_account_inspection
from app.staff.shell_pages import kept, problem_of, staff_page
from app.web.browsers import browser_name
from app.web.requests import PageRequest, is_head, query_form, read_form
from app.web.responses import see_other

SEE = [permitted(Permission.CONSOLE_SEE)]
# Whether the account is a customer's or one of the staff's decides what it takes.
HELP = [permitted(Permission.USERS_HELP)]
STAFF = [permitted(Permission.STAFF_CHANGE)]


@get(acts.USERS_URL, guards=SEE)
async def list_users(request: PageRequest) -> Response[str]:
    """ユーザ: by code, name and mail address."""
    form = ListForm.read(
        acts.USERS_URL, query_form(request), queries.USERS.orders, {"kind": queries.KINDS}
    )
    listed = await queries.list_users(
        form.search, kind=form.chosen["kind"], order=form.order, after=form.after
    )
    return staff_page(
        request, "staff/users.html", list=form, listed=listed, role_name=acts.role_name
    )


@get(acts.USERS_URL + "/{id:uuid}", guards=SEE)
async def show_user(
    request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> Response[str]:
    """A person's account; that somebody looked is on record."""
    account = await queries.find_user(id)
    if account is None:
        raise NotFoundException
    if not is_head(request):
        await note_account_inspection(user=id, actor=viewer.id)
    _, errors = await kept(request, viewer, acts.ROLE, {}, user=str(id))
    if not errors:
        _, errors = await kept(request, viewer, acts.HELP, {}, user=str(id))
    return await _user(request, viewer, account, errors)


async def _user(
    request: PageRequest, viewer: Viewer, account: acts.Account, errors: dict[str, str]
) -> Response[str]:
    changeable = permits(viewer.staff_role, permission_for(account["staff_role"]))
    return staff_page(
        request,
        "staff/user.html",
        account=account,
        own=account["id"] == viewer.id,
        slowed_down=await queries.is_slowed_down(account),
        helps=acts.offered_to(viewer, account) if changeable else [],
        needs_reason=NEEDS_REASON,
        roles=list(StaffRole),
        role_name=acts.role_name,
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
        require(viewer, permission_for(account["staff_role"], wanted))
        about = {"user": str(id), "help": wanted.value}
        typed, errors = await kept(request, viewer, acts.HELP, {"reason": ""}, **about)
        return _reason(request, account, wanted, typed["reason"], errors)

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
        form = ReasonForm.read(await read_form(request), required=wanted in NEEDS_REASON)
        if form.errors:
            return _reason(request, account, wanted, form.reason, form.errors)
        payload = {"user": str(id), "help": wanted.value, "reason": form.reason}
        return see_other(await propose(viewer, acts.HELP, payload))


async def _find(viewer: Viewer, id: UUID, help: str) -> tuple[acts.Account, Help]:
    account = await acts.changeable_account(viewer, id)
    if help not in acts.offered_to(viewer, account):
        raise NotFoundException
    return account, Help(help)


def _reason(
    request: PageRequest, account: acts.Account, help: Help, reason: str, errors: dict[str, str]
) -> Response[str]:
    return staff_page(
        request, "staff/reason.html", account=account, help=help, reason=reason, errors=errors
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
        if account["staff_role"] is None:
            raise NotFoundException
        form = RoleForm.read(await read_form(request))
        if form.errors:
            return await _user(request, viewer, account, form.errors)
        payload = {"user": str(id), "role": form.role, "seen": form.seen}
        return see_other(await propose(viewer, acts.ROLE, payload))


class StaffCreation(Controller):
    """A new account of the staff, entered by a mailed link."""

    path = f"{acts.USERS_URL}/staff/new"
    guards = STAFF

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        empty = {"code": "", "name": "", "email": "", "role": "viewer", "language": "ja"}
        typed, errors = await kept(request, viewer, acts.CREATION, empty)
        return _staff(request, typed, errors)

    @post()
    async def propose(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """登録: on to the confirm step."""
        form = StaffForm.read(await read_form(request))
        if not form.errors and (
            taken := await queries.code_or_address_taken(
                form.payload["code"], form.payload["email"]
            )
        ):
            form.errors.update(problem_of({"problem": taken}))
        if form.errors:
            return _staff(request, form.typed, form.errors)
        return see_other(await propose(viewer, acts.CREATION, form.payload))


def _staff(request: PageRequest, typed: Any, errors: dict[str, str]) -> Response[str]:
    roles = [(role.value, acts.role_name(role)) for role in StaffRole]
    return staff_page(request, "staff/staff_account.html", roles=roles, typed=typed, errors=errors)

"""Corporate groups: companies of one group can be registered in each other's contracts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.database import Record
from app.staff.access import permitted
from app.staff.companies import acts, queries
from app.staff.companies.forms import GroupForm
from app.staff.companies.pages import CHANGE
from app.staff.rules import Permission
from app.staff.shell_pages import kept, problem_of, staff_page
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other


@get(acts.GROUPS_URL, guards=[permitted(Permission.CONSOLE_SEE)])
async def list_groups(request: PageRequest) -> Response[str]:
    """企業グループ."""
    return staff_page(request, "staff/groups.html", groups=await queries.list_groups())


class GroupCreation(Controller):
    """A new corporate group."""

    path = f"{acts.GROUPS_URL}/new"
    guards = CHANGE

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        typed, errors = await kept(request, viewer, acts.GROUP, {"name": ""}, group="")
        return _form(request, {**typed, "revision": ""}, errors)

    @post()
    async def propose(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """登録: on to the confirm step."""
        return await _propose(request, viewer, None)


class Groups(Controller):
    """Renaming a corporate group."""

    path = f"{acts.GROUPS_URL}/{{id:uuid}}"
    guards = CHANGE

    @get()
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        group = await _find(id)
        now = {"name": group["name"]}
        typed, errors = await kept(request, viewer, acts.GROUP, now, group=str(id))
        return _form(request, {**typed, "revision": group["revision"]}, errors, group)

    @post()
    async def propose(
        self, request: PageRequest, viewer: NamedDependency[Viewer], id: FromPath[UUID]
    ) -> Response[Any]:
        """更新: on to the confirm step."""
        return await _propose(request, viewer, await _find(id))


async def _find(id: UUID) -> Record:
    group = await queries.find_group(id)
    if group is None:
        raise NotFoundException
    return group


async def _propose(request: PageRequest, viewer: Viewer, group: Record | None) -> Response[Any]:
    form = GroupForm.read(await read_form(request))
    id = group["id"] if group else None
    if "name" not in form.errors and await queries.name_taken("corporate_group", form.name, id):
        form.errors.update(problem_of({"problem": "name-taken"}))
    if form.errors:
        return _form(request, form.typed, form.errors, group)
    payload = {"group": str(id or ""), "name": form.name, "revision": form.revision}
    return see_other(await propose(viewer, acts.GROUP, payload))


def _form(
    request: PageRequest,
    typed: Mapping[str, Any],
    errors: dict[str, str],
    group: Record | None = None,
) -> Response[str]:
    return staff_page(request, "staff/group.html", group=group, typed=typed, errors=errors)

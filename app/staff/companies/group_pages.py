"""Corporate groups: companies of one group can be registered in each other's contracts."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.confirmations.form_pages import NEW
from app.contracts.values import GroupValues
from app.staff.access import permitted
from app.staff.companies import acts, queries
from app.staff.companies.pages import CHANGE
from app.staff.companies.queries import Group
from app.staff.rules import Permission
from app.staff.shell_pages import StaffForms, staff_page
from app.web.requests import PageRequest
from app.web.values import SentForm


@get(acts.GROUPS_URL, guards=[permitted(Permission.CONSOLE_SEE)])
async def list_groups(request: PageRequest) -> Response[str]:
    """企業グループ."""
    return staff_page(request, "staff/groups.html", groups=await queries.list_groups())


async def provide_group(id: FromPath[UUID]) -> Group:
    """Return the corporate group in the address.

    Raises:
        NotFoundException: there is none.
    """
    group = await queries.find_group(id)
    if group is None:
        raise NotFoundException
    return group


class GroupCreation(StaffForms[Group | None, GroupValues, acts.GroupEntry]):
    """A new corporate group."""

    path = f"{acts.GROUPS_URL}/new"
    guards = CHANGE
    dependencies = NEW
    act = acts.GROUP
    values = GroupValues
    template = "staff/group.html"

    def entry(self, subject: Group | None, values: GroupValues, revision: int) -> acts.GroupEntry:
        """Propose a group of these facts."""
        return acts.GroupEntry(subject.id if subject else None, values=values, revision=revision)

    async def check(self, subject: Group | None, form: SentForm[GroupValues]) -> None:
        """Report at once that the name is taken."""
        own = subject.id if subject else None
        if await queries.name_taken("corporate_group", form.values.name, own):
            self.refuse(form, "name-taken")

    async def context(self, subject: Group | None) -> dict[str, Any]:
        """Give the page the group."""
        return {"group": subject}


class Groups(GroupCreation):
    """Renaming a corporate group."""

    path = f"{acts.GROUPS_URL}/{{id:uuid}}"
    dependencies = {"subject": Provide(provide_group)}

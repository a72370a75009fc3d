"""Corporate groups, as the vendor's systems see and change them."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from app.api.calls import (
    answered,
    etag,
    provide_part,
    provide_vendor_call,
    read_body,
    takes,
)
from app.api.documented_rules import CHANGED, CREATED, LISTED
from app.api.list_rules import Part, page_of
from app.api.services import Answer, Call, do, once
from app.api.values import Page
from app.api.vendor.company_queries import GROUPS, SeenGroup
from app.api.vendor.company_values import CorporateGroup, GroupFacts
from app.api.vendor.form_rules import given, read_facts
from app.api.vendor.key_queries import find_by
from app.api.vendor.key_values import Outcome
from app.api.vendor.upserts import IF_MATCH_OR_KEY, Steps, write
from app.contracts.values import GroupValues
from app.staff.companies import acts
from app.staff.rules import Permission
from app.web.lists.queries import list_rows

PATH = "/vendor/corporate-groups"
CALL = {"call": Provide(provide_vendor_call)}
TAGS = ["vendor-corporate-groups"]


def group_of(each: SeenGroup, outcome: Outcome | UnsetType = UNSET) -> CorporateGroup:
    """Return a corporate group as the API gives it."""
    return CorporateGroup(each.id, each.name, each.companies, each.revision)


class CorporateGroupCalls(Controller):
    """All corporate groups."""

    path = PATH

    @get(
        responses=LISTED,
        dependencies={"part": Provide(provide_part)},
        tags=TAGS,
        opt={"scope": Permission.CONSOLE_SEE},
    )
    async def list_corporate_groups(self, part: NamedDependency[Part]) -> Page[CorporateGroup]:
        """List the corporate groups by name."""
        return page_of(await list_rows(GROUPS, part.wanted(GROUPS)), group_of)

    @post(
        responses=CREATED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(GroupFacts, Permission.COMPANIES_CHANGE),
    )
    async def create_corporate_group(
        self, request: Request[Any, Any, Any], call: NamedDependency[Call]
    ) -> Response[CorporateGroup]:
        """Create a corporate group."""
        values = read_facts(GroupValues, given(await read_body(request, GroupFacts)))

        async def work() -> Answer:
            await do(call, acts.GROUP, acts.GroupEntry(None, values=values))
            found = await find_by(GROUPS, "g.name", values.name)
            assert found is not None, "it was just created"
            return Answer.of(group_of(found), 201, {"ETag": etag(found.revision)})

        return answered(await once(call, work))

    @put(
        "/{group_id:uuid}",
        responses=CHANGED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(GroupFacts, Permission.COMPANIES_CHANGE),
    )
    async def rename_corporate_group(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        group_id: FromPath[UUID],
        if_match: Annotated[str, IF_MATCH_OR_KEY] = "",
    ) -> Response[CorporateGroup]:
        """Rename a corporate group."""
        values = read_facts(GroupValues, given(await read_body(request, GroupFacts)))

        async def work() -> Answer:
            find = partial(find_by, GROUPS, "g.id", group_id)
            return await write(Steps(PATH, find, change, group_of), if_match)

        async def change(seen: SeenGroup) -> bool:
            if values.name == seen.name:
                return False
            entry = acts.GroupEntry(seen.id, values=values, revision=seen.revision)
            await do(call, acts.GROUP, entry)
            return True

        return answered(await once(call, work))

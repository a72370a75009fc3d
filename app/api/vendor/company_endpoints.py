"""Companies, as the vendor's systems see and change them."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, put
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
from app.api.documented_rules import CHANGED, LISTED, READ, UPSERTED
from app.api.list_rules import Part, page_of
from app.api.services import Answer, Call, do, once
from app.api.values import Page
from app.api.vendor.company_queries import COMPANIES, SeenCompany, find_group_named
from app.api.vendor.company_values import CompanyChange, CompanyFacts
from app.api.vendor.form_rules import given, read_facts, wrong
from app.api.vendor.key_queries import find_by, get_by_id
from app.api.vendor.key_values import Outcome
from app.api.vendor.upserts import (
    EXTERNAL_ID_FILTER,
    IF_MATCH_OR_KEY,
    UPSERTS,
    ExternalIdInPath,
    Steps,
    lock_external_id,
    write,
)
from app.api.vendor.values import Company
from app.contracts.tables import Company as CompanyTable
from app.contracts.values import CompanyValues
from app.staff.companies import acts
from app.staff.rules import Permission
from app.web.i18n import gettext as _
from app.web.lists.listings import Where
from app.web.lists.queries import list_rows

PATH = "/vendor/companies"
CALL = {"call": Provide(provide_vendor_call)}
TAGS = ["vendor-companies"]
SEE = {"scope": Permission.CONSOLE_SEE}


def company_of(each: SeenCompany, outcome: Outcome | UnsetType = UNSET) -> Company:
    """Return a company as the API gives it."""
    return Company(
        each.id,
        each.name,
        each.reading,
        each.group_name,
        each.contracts,
        each.external_id,
        each.revision,
        outcome,
    )


class CompanyCalls(Controller):
    """All companies."""

    path = PATH

    @get(responses=LISTED, dependencies={"part": Provide(provide_part)}, tags=TAGS, opt=SEE)
    async def list_companies(
        self,
        part: NamedDependency[Part],
        external_id: Annotated[str, EXTERNAL_ID_FILTER] = "",
    ) -> Page[Company]:
        """List the companies, in the order of their readings."""
        where = Where()
        if external_id:
            where.add("p.external_id = {}", external_id)
        return page_of(await list_rows(COMPANIES, part.wanted(COMPANIES), where), company_of)

    @get("/{company_id:uuid}", responses=READ, tags=TAGS, opt=SEE)
    async def read_company(self, company_id: FromPath[UUID]) -> Response[Company]:
        """Read a company."""
        found = await get_by_id(COMPANIES, company_id)
        return Response(company_of(found), headers={"ETag": etag(found.revision)})

    @put(
        "/{company_id:uuid}",
        responses=CHANGED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(CompanyChange, Permission.COMPANIES_CHANGE),
    )
    async def change_company(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        company_id: FromPath[UUID],
        if_match: Annotated[str, IF_MATCH_OR_KEY] = "",
    ) -> Response[Company]:
        """Change a company; what is left out stays as it is."""
        said = given(await read_body(request, CompanyChange))

        async def work() -> Answer:
            find = partial(find_by, COMPANIES, "p.id", company_id)
            change = partial(_change, call, said)
            return await write(Steps(PATH, find, change, company_of), if_match)

        return answered(await once(call, work))

    @put(
        "/by-external-id/{external_id:str}",
        responses=UPSERTED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(CompanyFacts, Permission.COMPANIES_CHANGE) | UPSERTS,
    )
    async def upsert_company(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        external_id: ExternalIdInPath,
        if_match: Annotated[str, IF_MATCH_OR_KEY] = "",
    ) -> Response[Company]:
        """Create the company with this external id, or change it; the same again does nothing."""
        facts = given(await read_body(request, CompanyFacts))

        async def work() -> Answer:
            key = await lock_external_id(CompanyTable, external_id)
            said = {**facts, "external_id": key}
            find = partial(find_by, COMPANIES, "p.external_id", key)
            change, create = partial(_change, call, said), partial(_create, call, said)
            return await write(Steps(PATH, find, change, company_of, create), if_match)

        return answered(await once(call, work))


async def _read(said: dict[str, Any], now: CompanyValues | None) -> CompanyValues:
    """Read a body by the console's form, in which a group is chosen by its id."""
    fields, offered = dict(said), dict[str, str]()
    group = now.corporate_group if now else None
    if "group" in said:
        found = await find_group_named(fields.pop("group") or "")
        if found is None and said["group"] is not None:
            raise wrong("group", _("No corporate group has this name. Create it first."))
        group = found.id if found else None
    if group is not None:
        offered[str(group)] = ""
    choices = {"corporate_group": offered}
    return read_facts(CompanyValues, {**fields, "corporate_group": group}, choices, now)


async def _create(call: Call, said: dict[str, Any]) -> None:
    await do(call, acts.COMPANY, acts.CompanyEntry(None, values=await _read(said, None)))


async def _change(call: Call, said: dict[str, Any], seen: SeenCompany) -> bool:
    now = CompanyValues(seen.name, seen.reading, seen.corporate_group, seen.external_id)
    values = await _read(said, now)
    if values == now:
        return False
    await do(call, acts.COMPANY, acts.CompanyEntry(seen.id, values=values, revision=seen.revision))
    return True

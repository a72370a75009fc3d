"""Contracts, as the vendor's systems see and change them."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

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
from app.api.services import Answer, Call, once
from app.api.values import Page
from app.api.vendor import contract_services as services
from app.api.vendor.contract_queries import CONTRACTS
from app.api.vendor.contract_values import (
    ContractAmendment,
    ContractFacts,
    ContractRenewal,
    SoldContract,
)
from app.api.vendor.form_rules import given
from app.api.vendor.key_queries import find_by, get_by_id
from app.api.vendor.key_values import LONGEST, PLAIN
from app.api.vendor.upserts import (
    EXTERNAL_ID_FILTER,
    IF_MATCH_OR_KEY,
    UPSERTS,
    ExternalIdInPath,
    Steps,
    lock_external_id,
    write,
)
from app.contracts.tables import Contract as ContractTable
from app.staff.rules import Permission
from app.web.i18n import N_
from app.web.lists.listings import Where
from app.web.lists.queries import list_rows

PATH = "/vendor/contracts"
CALL = {"call": Provide(provide_vendor_call)}
TAGS = ["vendor-contracts"]
SEE = {"scope": Permission.CONTRACTS_SEE}
NUMBER_FILTER = QueryParameter(
    max_length=LONGEST, pattern=PLAIN, description=N_("Only the one with this contract number.")
)


class SoldContractCalls(Controller):
    """All contracts."""

    path = PATH

    @get(responses=LISTED, dependencies={"part": Provide(provide_part)}, tags=TAGS, opt=SEE)
    async def list_contracts(
        self,
        part: NamedDependency[Part],
        number: Annotated[str, NUMBER_FILTER] = "",
        external_id: Annotated[str, EXTERNAL_ID_FILTER] = "",
    ) -> Page[SoldContract]:
        """List the contracts by number."""
        where = Where()
        if number:
            where.add("c.number = {}", number)
        if external_id:
            where.add("c.external_id = {}", external_id)
        listed = await list_rows(CONTRACTS, part.wanted(CONTRACTS), where)
        return page_of(listed, services.contract_of)

    @get("/{contract_id:uuid}", responses=READ, tags=TAGS, opt=SEE)
    async def read_sold_contract(self, contract_id: FromPath[UUID]) -> Response[SoldContract]:
        """Read a contract."""
        found = await get_by_id(CONTRACTS, contract_id)
        return Response(services.contract_of(found), headers={"ETag": etag(found.revision)})

    @put(
        "/{contract_id:uuid}",
        responses=CHANGED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(ContractAmendment, Permission.CONTRACTS_CHANGE),
    )
    async def amend_contract(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        contract_id: FromPath[UUID],
        if_match: Annotated[str, IF_MATCH_OR_KEY] = "",
    ) -> Response[SoldContract]:
        """Amend a contract."""
        said = given(await read_body(request, ContractAmendment))
        change = partial(services.amend, call, said)
        return await _write_by_id(call, contract_id, change, if_match)

    @post(
        "/{contract_id:uuid}/renewal",
        status_code=200,
        responses=CHANGED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(ContractRenewal, Permission.CONTRACTS_CHANGE),
    )
    async def renew_contract(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        contract_id: FromPath[UUID],
        if_match: Annotated[str, IF_MATCH_OR_KEY] = "",
    ) -> Response[SoldContract]:
        """Move the last day of a contract, and of the products that end with it."""
        said = given(await read_body(request, ContractRenewal))
        change = partial(services.renew, call, said)
        return await _write_by_id(call, contract_id, change, if_match)

    @put(
        "/by-external-id/{external_id:str}",
        responses=UPSERTED,
        dependencies=CALL,
        tags=TAGS,
        opt=takes(ContractFacts, Permission.CONTRACTS_CHANGE) | UPSERTS,
    )
    async def upsert_contract(
        self,
        request: Request[Any, Any, Any],
        call: NamedDependency[Call],
        external_id: ExternalIdInPath,
        if_match: Annotated[str, IF_MATCH_OR_KEY] = "",
    ) -> Response[SoldContract]:
        """Create the contract with this external id, or amend it; the same again does nothing."""
        facts = given(await read_body(request, ContractFacts))

        async def work() -> Answer:
            key = await lock_external_id(ContractTable, external_id)
            said = {**facts, "external_id": key}
            find = partial(find_by, CONTRACTS, "c.external_id", key)
            change = partial(services.amend_fixed, call, said)
            create = partial(services.create, call, said)
            return await write(Steps(PATH, find, change, services.contract_of, create), if_match)

        return answered(await once(call, work))


async def _write_by_id(
    call: Call, id: UUID, change: services.Change, if_match: str
) -> Response[SoldContract]:
    async def work() -> Answer:
        find = partial(find_by, CONTRACTS, "c.id", id)
        return await write(Steps(PATH, find, change, services.contract_of), if_match)

    return answered(await once(call, work))

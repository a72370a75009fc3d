"""The forms of contracted products."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.database import Record
from app.staff.catalogue import queries as catalogue
from app.staff.contracts import entitlement_acts as acts
from app.staff.contracts import queries
from app.staff.contracts.entitlement_forms import EntitlementForm
from app.staff.contracts.pages import CHANGE, provide_head
from app.staff.shell_pages import kept, staff_page
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other


class EntitlementOrder(Controller):
    """Adding a product to a contract."""

    path = "/staff/contracts/{number:str}/entitlements/new"
    guards = CHANGE
    dependencies = {"contract": Provide(provide_head)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
    ) -> Response[str]:
        """The form; the term is the contract's until somebody says otherwise."""
        today = str(clock.today(contract["time_zone"]))
        now = dict.fromkeys(EntitlementForm.NAMES, "") | {
            "starts_on": max(today, str(contract["starts_on"])),
            "ends_on": str(contract["ends_on"]),
            "effective_on": today,
        }
        about = {"contract": contract["number"]}
        typed, errors = await kept(request, viewer, acts.ORDER, now, **about)
        return await _form(request, contract, typed, errors)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[Record],
    ) -> Response[Any]:
        """追加: on to the confirm step."""
        products = {str(product["id"]) for product in await catalogue.choices()}
        form = EntitlementForm.read(await read_form(request), products)
        if form.errors:
            return await _form(request, contract, form.typed, form.errors)
        payload = {**form.payload, "contract": contract["number"]}
        return see_other(await propose(viewer, acts.ORDER, payload))


async def provide_entitlement(number: FromPath[str], entitlement_id: FromPath[UUID]) -> Record:
    """The contracted product in the address.

    Raises:
        NotFoundException: there is none in this contract.
    """
    entitlement = await queries.find_entitlement(number, entitlement_id)
    if entitlement is None:
        raise NotFoundException
    return entitlement


class EntitlementAmendment(Controller):
    """Another quantity or term of a contracted product; its end is its last day."""

    path = "/staff/contracts/{number:str}/entitlements/{entitlement_id:uuid}"
    guards = CHANGE
    dependencies = {"entitlement": Provide(provide_entitlement)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        number: FromPath[str],
        entitlement: NamedDependency[Record],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        now = {name: str(entitlement[name]) for name in ("quantity", "starts_on", "ends_on")}
        now |= {"reason": "", "effective_on": str(clock.today("Asia/Tokyo"))}
        about = {"contract": number, "entitlement": str(entitlement["id"])}
        typed, errors = await kept(request, viewer, acts.AMENDMENT, now, **about)
        typed["revision"] = entitlement["revision"]
        return await _form(request, {"number": number}, typed, errors, entitlement)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        number: FromPath[str],
        entitlement: NamedDependency[Record],
    ) -> Response[Any]:
        """更新: on to the confirm step."""
        form = EntitlementForm.read(await read_form(request), (), fixed=str(entitlement["product"]))
        if form.errors:
            return await _form(request, {"number": number}, form.typed, form.errors, entitlement)
        payload = {
            **form.payload,
            "contract": number,
            "entitlement": str(entitlement["id"]),
        }
        return see_other(await propose(viewer, acts.AMENDMENT, payload))


async def _form(
    request: PageRequest,
    contract: Mapping[str, Any],
    typed: Mapping[str, Any],
    errors: dict[str, str],
    entitlement: Record | None = None,
) -> Response[str]:
    return staff_page(
        request,
        "staff/entitlement.html",
        contract=contract,
        entitlement=entitlement,
        products=[] if entitlement else await catalogue.choices(),
        users=await queries.list_users_of(entitlement["id"]) if entitlement else [],
        typed=typed,
        errors=errors,
    )

"""割り当て設定: a number field for each contracted product."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.confirmations.services import Proposal, find_draft, propose
from app.contracts.rules import SeenContract
from app.environments import queries
from app.environments.access import place_dependencies, provide_changeable_place
from app.environments.allocation_acts import ALLOCATION, Quantities
from app.environments.forms import (
    AllocationForm,
    chosen_others,
    is_added,
    quantity_field,
    remaining,
)
from app.environments.queries import OfferedProduct, SeenEnvironment
from app.environments.rules import AllocationProblem, check_allocation
from app.products.rules import product_name
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.requests import PageRequest, query_form, read_form
from app.web.responses import see_other
from app.web.templates import page


def _messages(
    offered: Sequence[OfferedProduct],
    problems: Mapping[UUID, AllocationProblem],
    wanted: Mapping[UUID, int],
    seen: Mapping[UUID, int],
) -> dict[str, str]:
    messages = {}
    for product in offered:
        id = product.share.entitlement
        values = {
            "product": product_name(product),
            "available": number(product.share.available),
            "wanted": number(wanted.get(id, 0)),
            "here": number(product.share.here),
            "seen": number(seen.get(id, 0)),
        }
        if problems.get(id) is AllocationProblem.TOO_MANY:
            messages[quantity_field(id)] = _(
                "%(product)s: you can currently allocate up to %(available)s here. You"
                " entered %(wanted)s. Enter a smaller number.",
                **values,
            )
        elif problems.get(id) is AllocationProblem.VERSION_CONFLICT:
            messages[quantity_field(id)] = _(
                "%(product)s: someone else changed the allocation from %(seen)s to %(here)s."
                " You entered %(wanted)s. Check it and submit again.",
                **values,
            )
    if AllocationProblem.NOT_OFFERED in problems.values():
        messages["form"] = _("A product in your form has ended. Check the other quantities.")
    return messages


class Allocations(Controller):
    """The allocation of one environment."""

    path = "/contracts/{number:str}/environments/{environment_id:uuid}/allocations"
    guards = [signed_in]
    dependencies = place_dependencies(provide_changeable_place)

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[str]:
        """The form; numbers come from the draft, the address, or what is allocated."""
        offered = await queries.offered_products(contract, environment.id)
        data = query_form(request)
        draft = await find_draft(viewer, data.get("draft"), ALLOCATION)
        if draft is not None and draft.payload.environment == environment.id:
            return _drafted(request, contract, environment, offered, draft)
        typed = AllocationForm.read(data, offered).typed
        return _page(
            request, contract, environment, offered, typed, {}, chosen_others(data, offered)
        )

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[Any]:
        """割り当て: on to the confirm step; 最大: back to the form with the number filled in."""
        offered = await queries.offered_products(contract, environment.id)
        form = AllocationForm.read(await read_form(request), offered)
        if form.filled is not None:
            return _page(
                request, contract, environment, offered, form.typed, {}, form.others, form.filled
            )
        if errors := _in_order(offered, form.errors | _check(offered, form)):
            return _page(request, contract, environment, offered, form.typed, errors, form.others)
        payload = Quantities(contract.number, environment.id, form.quantities, form.seen)
        return see_other(await propose(viewer, ALLOCATION, payload))

    @get("/other-products")
    async def choose(
        self,
        request: PageRequest,
        contract: NamedDependency[SeenContract],
        environment: NamedDependency[SeenEnvironment],
    ) -> Response[str]:
        """その他の製品を追加: choose among those that came from license keys."""
        offered = await queries.offered_products(contract, environment.id)
        data = query_form(request)
        form = AllocationForm.read(data, offered)
        return page(
            request,
            "environments/other_products.html",
            contract=contract,
            environment=environment,
            others=[p for p in offered if p.other and p.share.entitlement not in form.typed],
            typed={quantity_field(id): value for id, value in form.typed.items()},
            chosen=form.others,
            kept=[id for id in form.others if id in form.typed],
        )


def _check(offered: Sequence[OfferedProduct], form: AllocationForm) -> dict[str, str]:
    """What stands in the way of the numbers that could be read."""
    shares = {p.share.entitlement: p.share for p in offered}
    wanted = {id: n for id, n in form.quantities.items() if quantity_field(id) not in form.errors}
    problems = check_allocation(shares, wanted, form.seen)
    messages = _messages(offered, problems, wanted, form.seen)
    if not messages and not form.errors and all(shares[id].here == n for id, n in wanted.items()):
        messages["form"] = _("Nothing to change. Enter a different number, or go back to the list.")
    return messages


def _in_order(offered: Sequence[OfferedProduct], errors: Mapping[str, str]) -> dict[str, str]:
    """Errors in the order of the form's fields, as the summary lists them."""
    names = [quantity_field(p.share.entitlement) for p in offered]
    return {name: errors[name] for name in [*names, "form"] if name in errors}


def _drafted(
    request: PageRequest,
    contract: SeenContract,
    environment: SeenEnvironment,
    offered: Sequence[OfferedProduct],
    draft: Proposal[Quantities],
) -> Response[str]:
    wanted, seen = draft.payload.quantities, draft.payload.seen
    errors = draft.errors
    if errors:
        shares = {p.share.entitlement: p.share for p in offered}
        problems = check_allocation(shares, wanted, seen)
        errors = _messages(offered, problems, wanted, seen) or errors
    typed = {id: str(quantity) for id, quantity in wanted.items()}
    return _page(request, contract, environment, offered, typed, errors, list(wanted))


def _page(
    request: PageRequest,
    contract: SeenContract,
    environment: SeenEnvironment,
    offered: Sequence[OfferedProduct],
    typed: Mapping[UUID, str],
    errors: dict[str, str],
    others: Sequence[UUID],
    filled: UUID | None = None,
) -> Response[str]:
    shown = [
        p
        for p in offered
        if not p.other or p.share.here or p.share.held or p.share.entitlement in {*typed, *others}
    ]
    return page(
        request,
        "environments/allocations.html",
        status=422 if errors and request.method == "POST" else 200,
        contract=contract,
        environment=environment,
        products=shown,
        more_others=len(shown) < len(offered),
        added=[p.share.entitlement for p in shown if is_added(p, others)],
        typed=typed,
        left={
            p.share.entitlement: remaining(p.share, typed.get(p.share.entitlement)) for p in shown
        },
        filled=filled,
        errors=errors,
    )

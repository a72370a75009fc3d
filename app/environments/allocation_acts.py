"""What owners confirm about allocations."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Payload, Refused, Statement
from app.database import Gone
from app.environments import queries, services
from app.environments.acts import changeable_environment
from app.environments.rules import ActivationState, check_allocation
from app.products.rules import product_name
from app.web.i18n import gettext as _
from app.web.i18n import ngettext, number

# A message names so many changes; the list behind it has all.
MOST_TOLD = 3


def _quantities(payload: Payload, key: str) -> dict[UUID, int]:
    return {UUID(id): quantity for id, quantity in payload[key].items()}


async def _state(context: Context, payload: Payload) -> Statement:
    contract, environment = await changeable_environment(context.viewer, payload)
    wanted = _quantities(payload, "quantities")
    offered = await queries.offered_products(contract, environment.id)
    changes = [
        (
            product_name(p),
            number(p.share.here),
            number(wanted[p.share.entitlement]),
        )
        for p in offered
        if p.share.entitlement in wanted and (p.share.here or wanted[p.share.entitlement])
    ]
    notes = []
    if environment.state in {ActivationState.RUNS, ActivationState.OUT_OF_DATE}:
        notes.append(
            _("After this the system has to be activated again to run with the new counts.")
        )
    if any(wanted.get(p.share.entitlement, p.share.held) < p.share.held for p in offered):
        notes.append(
            _(
                "Counts in the activation file that still runs stay held until a newer file is"
                " downloaded, a return file is uploaded, or the file ends."
            )
        )
    return Statement(
        heading=_("Allocate these counts?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("Environment"), environment.name),
        ],
        back=f"{environment.url(contract)}/allocations",
        notes=notes,
        changes=(_("Allocation"), changes),
    )


async def _allocate(context: Context, payload: Payload) -> Done:
    contract, environment = await changeable_environment(context.viewer, payload)
    wanted = _quantities(payload, "quantities")
    try:
        await services.lock_environment(contract.id, environment.id)
        await services.lock_entitlements(list(wanted))
        offered = await queries.offered_products(contract, environment.id)
        shares = {p.share.entitlement: p.share for p in offered}
        if problems := check_allocation(shares, wanted, _quantities(payload, "seen")):
            raise Refused({"problems": {str(id): p.value for id, p in problems.items()}})
        changed = [
            p for p in offered if wanted.get(p.share.entitlement, p.share.here) != p.share.here
        ]
        if changed:
            await services.set_allocations(
                contract=contract.id,
                environment=environment.id,
                quantities=wanted,
                actor=context.viewer.id,
            )
    except Gone:
        raise NotFoundException from None
    except asyncpg.CheckViolationError:
        raise Refused({"problems": {str(id): "too-many" for id in wanted}}) from None
    rows = [(product_name(p), p.share.here, wanted[p.share.entitlement]) for p in changed]
    return Done(f"{contract.url}/environments", told_changes(environment.name, rows))


def told_changes(place: str, rows: Sequence[tuple[str, int, int]]) -> str:
    """What was allocated where: the first few changes, and how many more there are."""
    if not rows:
        return _(
            "Nothing was changed: %(name)s already has the quantities that you entered.", name=place
        )
    told = [f"{product} {number(before)} → {number(now)}" for product, before, now in rows]
    changes = " / ".join(told[:MOST_TOLD])
    if len(rows) > MOST_TOLD:
        more = len(rows) - MOST_TOLD
        changes = ngettext(
            "%(changes)s and %(n)s more", "%(changes)s and %(n)s more", more, changes=changes
        )
    return _("Allocated to %(name)s: %(changes)s.", name=place, changes=changes)


ALLOCATION = Act("allocation-change", _state, _allocate)

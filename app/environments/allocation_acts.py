"""What owners confirm about allocations."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from app.confirmations.acts import Act, Context, Done, Refusal, Refused, Statement
from app.environments import queries, services
from app.environments.acts import OfEnvironment, changeable_environment
from app.environments.rules import ActivationState, check_allocation
from app.products.rules import product_name
from app.web.i18n import N_, ngettext, number
from app.web.i18n import gettext as _

# A message names so many changes; the list behind it has all.
MOST_SHOWN = 3


class Quantities(OfEnvironment, frozen=True):
    """Counts for one environment.

    Attributes:
        quantities: asked for, by entitlement.
        seen: allocated when the form was made.
    """

    quantities: dict[UUID, int]
    seen: dict[UUID, int]


async def _state(context: Context, payload: Quantities) -> Statement:
    contract, environment = await changeable_environment(context.viewer, payload)
    wanted = payload.quantities
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
        notes.append(_("The system must then be activated again to run with the new quantities."))
    if any(wanted.get(p.share.entitlement, p.share.held) < p.share.held for p in offered):
        notes.append(
            _(
                "Licenses in a valid activation file stay in use until a newer file is"
                " downloaded, a return file is uploaded, or the file expires."
            )
        )
    return Statement(
        heading=_("Allocate these quantities?"),
        facts=[
            (_("Contract"), f"{contract.name} ({contract.number})"),
            (_("Environment"), environment.name),
        ],
        back=f"{environment.url(contract)}/allocations",
        notes=notes,
        changes=(_("Allocation"), changes),
    )


async def _allocate(context: Context, payload: Quantities) -> Done:
    contract, environment = await changeable_environment(context.viewer, payload)
    wanted = payload.quantities
    await services.lock_environment(contract.id, environment.id)
    await services.lock_entitlements(list(wanted))
    offered = await queries.offered_products(contract, environment.id)
    shares = {p.share.entitlement: p.share for p in offered}
    if check_allocation(shares, wanted, payload.seen):
        raise Refused("counts-moved")
    changed = [p for p in offered if wanted.get(p.share.entitlement, p.share.here) != p.share.here]
    if changed:
        await services.set_allocations(
            contract=contract.id,
            environment=environment.id,
            quantities=wanted,
            actor=context.viewer.id,
        )
    rows = [(product_name(p), p.share.here, wanted[p.share.entitlement]) for p in changed]
    address = f"{contract.url}/environments?allocated={environment.id}"
    return Done(address, told_changes(environment.name, rows))


def told_changes(place: str, rows: Sequence[tuple[str, int, int]]) -> str:
    """What was allocated where: the first few changes, and how many more there are."""
    if not rows:
        return _(
            "Nothing was changed: %(name)s already has the quantities that you entered.", name=place
        )
    texts = [f"{product} {number(before)} → {number(now)}" for product, before, now in rows]
    changes = " / ".join(texts[:MOST_SHOWN])
    if len(rows) > MOST_SHOWN:
        more = len(rows) - MOST_SHOWN
        changes = ngettext(
            "%(changes)s and %(n)s more", "%(changes)s and %(n)s more", more, changes=changes
        )
    return _("Allocated to %(name)s: %(changes)s.", name=place, changes=changes)


REFUSALS = {
    "counts-moved": Refusal(
        "form",
        N_("The quantities changed before you confirmed them. Check them and try again."),
        asyncpg.CheckViolationError,
    )
}
ALLOCATION = Act("allocation-change", Quantities, _state, _allocate, REFUSALS)

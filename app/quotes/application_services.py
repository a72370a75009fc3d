"""Applying a quote to its contract: all of it in one transaction, and once."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.contract_services import ChangeKind, Reason, note_change
from app.contracts.tables import Contract
from app.database import Record, fetch, fetch_one, unit_of_work
from app.products.rules import Term
from app.products.services import add_entitlement
from app.products.tables import Entitlement
from app.quotes.application_queries import agreed_lines, contract_end
from app.quotes.application_rules import (
    AgreedTerm,
    ApplyProblem,
    Plan,
    below_use,
    fingerprint,
    plan,
    term_problem,
)
from app.quotes.rules import QuoteState
from app.quotes.services import lock_request
from app.quotes.tables import QuoteRequest


class ApplicationRefused(Exception):
    """The quote cannot be applied as things stand; nothing was changed.

    Attributes:
        problem: why.
        in_use: for BELOW_USE, entitlements with what is in use of each.
    """

    def __init__(self, problem: ApplyProblem, in_use: Mapping[UUID, int] | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.in_use = dict(in_use or {})


async def plan_quote(request: UUID, term: AgreedTerm) -> Plan:
    """What applying would write now, for a page that says so beforehand.

    Raises:
        ApplicationRefused: it cannot be applied as things stand.
    """
    if (problem := term_problem(term)) is not None:
        raise ApplicationRefused(problem)
    lines = await agreed_lines(request)
    planned = plan(lines, term, await contract_end(request))
    if in_use := below_use(lines, planned):
        raise ApplicationRefused(ApplyProblem.BELOW_USE, in_use)
    return planned


async def apply_quote(
    *, request: UUID, term: AgreedTerm, actor: UUID, confirmed: str | None = None
) -> None:
    """Conclude an answered request and change the contract as was agreed; again does nothing.

    It takes effect at once: counts are the new ones from this moment, dates as in `term`.

    Args:
        confirmed: fingerprint of the change that a person saw; None for any.

    Raises:
        ApplicationRefused: it cannot be applied as things stand.
    """
    async with unit_of_work():
        row = await lock_request(request)
        if row["applied_at"] is not None:
            return
        if row["state"] not in {QuoteState.ANSWERED, QuoteState.CONCLUDED}:
            raise ApplicationRefused(ApplyProblem.NOT_ANSWERED)
        await _lock_contract(row["contract"])
        before = await contract_end(request)
        planned = await plan_quote(request, term)
        if confirmed not in {None, fingerprint(await agreed_lines(request), planned)}:
            raise ApplicationRefused(ApplyProblem.CHANGED)
        await _write(row, planned, actor)
        await _note(row, planned, before, actor)


async def _lock_contract(contract: UUID) -> None:
    """The contract, then its entitlements in id order, as everybody does."""
    await fetch("select 1 from contract where id = $1 for update", contract)
    await fetch("select 1 from entitlement where contract = $1 order by id for update", contract)


async def _write(request: Record, planned: Plan, actor: UUID) -> None:
    for change in planned.changes:
        await Entitlement.update(
            {Entitlement.quantity: change.quantity, Entitlement.ends_on: change.ends_on}
        ).where(Entitlement.id == change.entitlement)
    for new in planned.creations:
        await add_entitlement(
            contract=request["contract"],
            product=new.product,
            quantity=new.quantity,
            term=Term(new.starts_on, new.ends_on),
            actor=actor,
        )
    await Contract.update({Contract.ends_on: planned.contract_ends_on}).where(
        Contract.id == request["contract"]
    )


async def _note(request: Record, planned: Plan, before: date, actor: UUID) -> None:
    now = clock.now()
    zone = await fetch_one("select time_zone from contract where id = $1", request["contract"])
    assert zone is not None
    kind = ChangeKind.RENEWED if planned.contract_ends_on > before else ChangeKind.AMENDED
    reason = Reason(request["reference"], clock.today(zone["time_zone"]))
    await note_change(request["contract"], kind, reason)
    await QuoteRequest.update(
        {
            QuoteRequest.state: QuoteState.CONCLUDED.value,
            QuoteRequest.concluded_at: request["concluded_at"] or now,
            QuoteRequest.applied_at: now,
        }
    ).where(QuoteRequest.id == request["id"])
    await record(
        "quote-application",
        actor=actor,
        contract=request["contract"],
        subject=request["id"],
        quantities={str(change.entitlement): change.quantity for change in planned.changes},
    )

"""Applying a quote to its contract: all of it in one transaction, and once."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app import clock
from app.activation.succession_services import lock_all, succeed_entitlement
from app.audit.services import record
from app.contracts.contract_services import ChangeKind, Reason, note_change
from app.contracts.tables import Contract
from app.database import unit_of_work
from app.products.rules import Term
from app.products.services import add_entitlement
from app.products.tables import Entitlement
from app.quotes.application_mail_services import tell_of_application
from app.quotes.application_queries import agreed_lines, contract_days
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
from app.quotes.services import find_mailed_request, lock_request
from app.quotes.tables import QuoteRequest
from app.settings import Settings


class ApplicationRefused(Exception):
    """The quote cannot be applied now; nothing was changed.

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
        ApplicationRefused: it cannot be applied now.
    """
    if (problem := term_problem(term)) is not None:
        raise ApplicationRefused(problem)
    lines = await agreed_lines(request)
    ends_on, today = await contract_days(request)
    planned = plan(lines, term, ends_on, today)
    if in_use := below_use(lines, planned):
        raise ApplicationRefused(ApplyProblem.BELOW_USE, in_use)
    return planned


async def apply_quote(
    settings: Settings | None,
    *,
    request: UUID,
    term: AgreedTerm,
    actor: UUID,
    confirmed: str | None = None,
) -> None:
    """Conclude an answered request and change the contract as was agreed; again does nothing.

    What is renewed with another count from a later day on gets a new entitlement that begins then;
    everything else takes effect at once.

    Args:
        settings: where links in mails lead; None sends none.
        confirmed: fingerprint of the change that a person saw; None for any.

    Raises:
        ApplicationRefused: it cannot be applied now.
    """
    async with unit_of_work():
        row = await lock_request(request)
        if row.applied_at is not None:
            return
        if row.state not in {QuoteState.ANSWERED, QuoteState.CONCLUDED}:
            raise ApplicationRefused(ApplyProblem.NOT_ANSWERED)
        await lock_all(row.contract)
        before, today = await contract_days(request)
        planned = await plan_quote(request, term)
        if confirmed not in {None, fingerprint(await agreed_lines(request), planned)}:
            raise ApplicationRefused(ApplyProblem.CHANGED)
        await _write(row, planned, actor)
        effective_on = max(today, planned.counts_from or today)
        await _note(row, planned, before, effective_on, actor)
        if settings is not None:
            quote = await find_mailed_request(request)
            await tell_of_application(settings, quote, planned, row.requested_by, today)


async def _write(request: QuoteRequest, planned: Plan, actor: UUID) -> None:
    for change in planned.changes:
        await Entitlement.update(
            {Entitlement.quantity: change.quantity, Entitlement.ends_on: change.ends_on}
        ).where(Entitlement.id == change.entitlement)
    for each in planned.successions:
        await succeed_entitlement(
            contract=request.contract,
            entitlement=each.entitlement,
            quantity=each.quantity,
            term=Term(each.starts_on, each.ends_on),
            actor=actor,
        )
    for new in planned.creations:
        await add_entitlement(
            contract=request.contract,
            product=new.product,
            quantity=new.quantity,
            term=Term(new.starts_on, new.ends_on),
            actor=actor,
        )
    await Contract.update({Contract.ends_on: planned.contract_ends_on}).where(
        Contract.id == request.contract
    )


async def _note(
    request: QuoteRequest, planned: Plan, before: date, effective_on: date, actor: UUID
) -> None:
    now = clock.now()
    kind = ChangeKind.RENEWED if planned.contract_ends_on > before else ChangeKind.AMENDED
    await note_change(request.contract, kind, Reason(request.reference, effective_on))
    await QuoteRequest.update(
        {
            QuoteRequest.state: QuoteState.CONCLUDED.value,
            QuoteRequest.concluded_at: request.concluded_at or now,
            QuoteRequest.applied_at: now,
            QuoteRequest.counts_from: planned.counts_from,
        }
    ).where(QuoteRequest.id == request.id)
    await record(
        "quote-application",
        actor=actor,
        contract=request.contract,
        subject=request.id,
        quantities={str(id): quantity for id, quantity in planned.quantities.items()},
        counts_from=planned.counts_from,
    )

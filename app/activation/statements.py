"""What the confirm page says before an activation is issued or given back."""

from app import clock
from app.activation.format.files import check_code
from app.activation.format.requests import RequestFile
from app.activation.machine_moves import moves_in_year
from app.activation.parallel.statements import parallel_part, return_statement
from app.activation.queries import SeenActivation
from app.activation.rules import (
    EndActivation,
    Issue,
    IssueOutcome,
    Outcome,
    Repeat,
    clock_difference,
)
from app.activation.services import Preview
from app.activation.wording import (
    Step,
    activation_steps,
    clock_note,
    count_and_term,
    message_of,
    name_with_code,
    sentences,
    short_thumbprint,
)
from app.confirmations.acts import Statement
from app.contracts.rules import SeenContract
from app.environments.queries import SeenEnvironment
from app.web.i18n import gettext as _
from app.web.i18n import moment

Facts = list[tuple[str, str]]


def of_preview(
    contract: SeenContract,
    environment: SeenEnvironment,
    back: str,
    data: bytes,
    found: Preview,
    parallel_days: int = 0,
) -> Statement:
    """Return what confirming a verified request would do now.

    Args:
        parallel_days: days for which the old system keeps running; 0 for none.
    """
    request, decision, last = found.request, found.decision, found.last
    if isinstance(decision, IssueOutcome):
        return refused(contract, environment, back, decision, None)
    facts = _where(contract, environment) + _facts(contract, data, request)
    if isinstance(decision, Repeat):
        return Statement(
            _("Show the activation again?"),
            facts,
            back,
            [repeated()],
            steps=activation_steps(Step.CONFIRM, back),
        )
    if isinstance(decision, EndActivation):
        return return_statement(facts, back, found, decision, contract.today)
    parallel = parallel_part(contract, found, decision, parallel_days)
    return Statement(
        heading=_("Issue this activation?"),
        facts=[*facts, (_("Activation number"), str(decision.seq)), *parallel.facts],
        back=back,
        notes=[*_notes(request, decision, last), *parallel.notes],
        warning=sentences(_move_warning(found, decision), parallel.warning),
        changes=(
            _("What will be issued, compared with the last activation (terms inclusive)"),
            changes_of(last, decision),
        ),
        steps=activation_steps(Step.CONFIRM, back),
        offer=(parallel.offer, f"{back}/parallel") if parallel.offer else None,
    )


def refused(
    contract: SeenContract,
    environment: SeenEnvironment,
    back: str,
    outcome: Outcome,
    claim: str | None,
) -> Statement:
    """Return what came in the way since the upload; confirming says it beside the form."""
    return Statement(
        heading=_("This file can no longer be used"),
        facts=_where(contract, environment),
        back=back,
        warning=message_of(outcome, claim),
        steps=activation_steps(Step.CONFIRM, back),
    )


def repeated() -> str:
    """Said wherever a file comes a second time."""
    return _("This file has already been answered. This is the same activation.")


def _where(contract: SeenContract, environment: SeenEnvironment) -> Facts:
    return [
        (_("Contract"), f"{contract.name} ({contract.number})"),
        (_("Environment"), environment.name),
    ]


def _facts(contract: SeenContract, data: bytes, request: RequestFile) -> Facts:
    now = clock.now()
    versions = [f"{each.code} {each.version}".rstrip() for each in request.products]
    zone = contract.time_zone
    return [
        (_("System name"), request.system.name),
        (_("Host"), request.system.host or "–"),
        (_("Operating system"), request.system.os or "–"),
        (_("Fingerprint of the system's key"), short_thumbprint(request.jkt)),
        (_("Products on the system"), ", ".join(versions) or "–"),
        (_("System clock"), moment(request.issued_at, zone)),
        (_("Portal clock"), moment(now, zone)),
        (_("Check code of the request file"), check_code(data)),
    ]


def changes_of(last: SeenActivation | None, issue: Issue) -> list[tuple[str, str, str]]:
    """Return every product that is issued or that the last activation had."""
    before = {each.entitlement: each for each in last.products} if last else {}
    after = {each.entitlement: each for each in issue.products}
    named = {**before, **after}
    return [
        (
            name_with_code(product),
            count_and_term(before.get(product.entitlement)),
            count_and_term(after.get(product.entitlement)),
        )
        for product in sorted(named.values(), key=lambda each: (each.code, each.term))
    ]


def _notes(request: RequestFile, issue: Issue, last: SeenActivation | None) -> list[str]:
    found = [clock_note(clock_difference(request, clock.now()))]
    missing = sorted({each.code for each in issue.products} - {e.code for e in request.products})
    if missing:
        found.append(_("Issued, but not on the system: %(products)s.", products=", ".join(missing)))
    idle = sorted({each.code for each in request.products} - {e.code for e in issue.products})
    if idle:
        found.append(
            _(
                "On the system, but not allocated to this environment: %(products)s. These"
                " products stay unlicensed.",
                products=", ".join(idle),
            )
        )
    if issue.jumps:
        found.append(
            _(
                "The system has already used activation number %(seen)s, which this portal"
                " did not issue. The numbers continue from there.",
                seen=request.prev_seq,
            )
        )
    if last is not None and last.ended_at is None:
        found.append(
            _(
                "Activation %(seq)s ends when the new file is downloaded for the first time.",
                seq=last.seq,
            )
        )
    return [note for note in found if note]


def _move_warning(found: Preview, issue: Issue) -> str:
    if not issue.moved:
        return ""
    made = moves_in_year(found.moves, clock.now())
    return _(
        "This file comes from a different system than the last activation, so the environment"
        " moves to that system. This is move %(this)s of %(allowed)s allowed within a year."
        " %(left)s will remain.",
        this=made + 1,
        allowed=found.moves_a_year,
        left=found.moves_a_year - made - 1,
    )

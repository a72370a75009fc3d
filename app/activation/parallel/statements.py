"""What the confirm pages say about parallel operation, and about returns."""

from dataclasses import dataclass, field
from datetime import date

from app import days
from app.activation.parallel.rules import ParallelOutcome, stop_day
from app.activation.parallel.wording import OUTCOME_MESSAGES, cannot_be_stopped, span_with_day
from app.activation.queries import SeenActivation
from app.activation.rules import EndActivation, Issue
from app.activation.services import Preview
from app.activation.wording import count_and_term, name_with_code, return_steps
from app.confirmations.acts import Statement
from app.contracts.rules import SeenContract
from app.web.i18n import gettext as _


@dataclass(frozen=True)
class ParallelPart:
    """What the confirm page of an issue says about the old system; `offer` names a button."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warning: str = ""
    offer: str = ""


def parallel_part(
    contract: SeenContract, found: Preview, issue: Issue, parallel_days: int
) -> ParallelPart:
    """Return what there is to say about the old system when a file is issued."""
    if parallel_days:
        return _chosen(contract, found, parallel_days)
    if not issue.moved or found.obstacle is ParallelOutcome.NO_OLD_SYSTEM:
        return ParallelPart()
    if found.obstacle is not None:
        return ParallelPart(notes=[_(OUTCOME_MESSAGES[found.obstacle])])
    return offered_part()


def offered_part() -> ParallelPart:
    """Return what there is to say where no days are chosen, and can be."""
    return ParallelPart(
        notes=[
            _(
                "Stop the old system when the new one starts. If you need both during the switch,"
                " you can run the old system in parallel for up to 30 days."
            )
        ],
        offer=_("Run the old system in parallel"),
    )


def _chosen(contract: SeenContract, found: Preview, parallel_days: int) -> ParallelPart:
    if found.obstacle is not None or found.last is None:
        outcome = found.obstacle or ParallelOutcome.NO_OLD_SYSTEM
        return ParallelPart(warning=_(OUTCOME_MESSAGES[outcome]))
    return chosen_part(parallel_span(contract, found.last, parallel_days))


def parallel_span(contract: SeenContract, last: SeenActivation, parallel_days: int) -> str:
    """Return how long the system that runs on `last` may go on, and its last day."""
    last_usable = days.last_day_before(last.expires_at, contract.time_zone)
    ends_on = stop_day(contract.today, parallel_days, last_usable)
    return span_with_day((ends_on - contract.today).days, ends_on)


def chosen_part(span: str) -> ParallelPart:
    """Return what there is to say where days are chosen."""
    return ParallelPart(
        facts=[(_("Parallel operation of the old system"), span)],
        warning=cannot_be_stopped(),
        offer=_("Change the days"),
    )


def return_statement(
    facts: list[tuple[str, str]], back: str, found: Preview, end: EndActivation, today: date
) -> Statement:
    """Return what confirming a return does: that of the present system, or of the old one."""
    if end.parallel and found.old is not None:
        return Statement(
            heading=_("Return this activation?"),
            facts=[*facts, (_("Activation number"), str(found.old.seq))],
            back=back,
            notes=[
                _(
                    "The old system has stopped using the activation, so its parallel operation"
                    " ends. The new system keeps its licenses."
                )
            ],
            steps=return_steps(back),
        )
    last = found.last
    notes = [
        _(
            "The system has stopped using the activation. Licenses that are allocated to"
            " this environment stay allocated. To use them elsewhere, change the"
            " allocation."
        )
    ]
    if found.old is not None and found.old.runs(today):
        notes.append(_("The parallel operation of the old system ends too. Stop it now."))
    return Statement(
        heading=_("Return this activation?"),
        facts=[*facts, (_("Activation number"), str(last.seq if last else 0))],
        back=back,
        notes=notes,
        changes=(
            _("What is returned"),
            [(name_with_code(each), count_and_term(each), "–") for each in last.products],
        )
        if last
        else None,
        steps=return_steps(back),
    )

"""How the faults of uploads and lines are worded, in the reader's language."""

from collections.abc import Mapping, Sequence

from app.activation.batches.archive_rules import ArchiveFault, ArchiveRefused
from app.activation.batches.lines import Line, LineFault, parallel_left
from app.activation.parallel.rules import ParallelOutcome
from app.activation.parallel.statements import (
    ParallelPart,
    chosen_part,
    offered_part,
    parallel_span,
)
from app.activation.parallel.wording import OUTCOME_MESSAGES
from app.activation.rules import EndActivation, Issue, Repeat
from app.activation.statements import changes_of
from app.activation.wording import message_of_file
from app.contracts.rules import SeenContract
from app.web.i18n import N_, ngettext, number
from app.web.i18n import gettext as _

MOST_NAMED = 5

ARCHIVE_MESSAGES = {
    ArchiveFault.NO_FILE: N_("Select the activation request files, or one ZIP file with them."),
    ArchiveFault.BROKEN: N_(
        "The ZIP file is damaged or uses a method that the portal does not read. Create it again,"
        " or select the request files themselves."
    ),
    ArchiveFault.ENCRYPTED: N_(
        "The ZIP file has a password. Create it without one: request files contain no secrets."
    ),
    ArchiveFault.NESTED: N_("The ZIP file contains another ZIP file. Put the request files in it."),
    ArchiveFault.UNSAFE_NAME: N_(
        "A file name in the ZIP file is not safe. Create the ZIP file again from the request files."
    ),
    ArchiveFault.SAME_NAME: N_("The ZIP file contains two files of the same name."),
    ArchiveFault.TOO_MANY: N_("Select at most 200 request files at a time."),
    ArchiveFault.TOO_LARGE: N_(
        "The files are larger than 5 MiB together. Request files are small: check your selection."
    ),
}
LINE_MESSAGES = {
    LineFault.NO_ENVIRONMENT: N_("Enter the environment of this system, or clear its check box."),
    LineFault.UNKNOWN_ENVIRONMENT: N_(
        "This contract has no environment of this name in use. Enter the name as the list of"
        " environments shows it."
    ),
    LineFault.SAME_ENVIRONMENT: N_(
        "Another file is for the same environment. Clear the check box of one of them."
    ),
    LineFault.SAME_FILE: N_("This is the same request as another file. Clear its check box."),
}


def refusal_message(refused: ArchiveRefused) -> str:
    """Return why an upload is refused as a whole, and what to do."""
    message = _(ARCHIVE_MESSAGES[refused.fault])
    return (
        _("“%(file)s”: %(problem)s", file=refused.name, problem=message)
        if refused.name
        else message
    )


def fault_of(line: Line) -> str:
    """Return why a line cannot be answered, in words that a person can act on."""
    if line.fault is None:
        return outcome_of(line)
    if isinstance(line.fault, LineFault):
        return _(LINE_MESSAGES[line.fault])
    return message_of_file(line.fault, line.claim, "", line.file.content)


def outcome_of(line: Line) -> str:
    """Return what confirming a line does, in a word or two; empty where there is a fault."""
    if isinstance(line.decision, Repeat):
        return _("Already answered")
    if isinstance(line.decision, EndActivation):
        return _("Return")
    if isinstance(line.decision, Issue):
        return _("Activation %(seq)s", seq=line.decision.seq)
    return ""


def new_in(line: Line) -> list[tuple[str, str, str]]:
    """Return what the file will have that the last one had not: product, before, after."""
    if not isinstance(line.decision, Issue):
        return []
    return [row for row in changes_of(line.last, line.decision) if row[1] != row[2]]


def line_errors(lines: Sequence[Line]) -> dict[str, str]:
    """Return what keeps the selected lines from being confirmed: field → message."""
    errors = {
        f"environment-{line.at}" if line.asks_environment else f"take-{line.at}": fault_of(line)
        for line in lines
        if line.taken and not line.answerable
    }
    return errors | _parallel_errors(lines)


def _parallel_errors(lines: Sequence[Line]) -> dict[str, str]:
    chosen = [line for line in lines if line.parallel and line.answerable]
    found = {f"days-{line.at}": _obstacle(line.obstacle) for line in chosen if line.obstacle}
    left = parallel_left(chosen)
    if found or len(chosen) <= left:
        return found
    message = ngettext(
        "This contract has %(n)s parallel operation left in this calendar year. Clear the days of"
        " the other systems. If you need more, talk to your sales contact.",
        "This contract has %(n)s parallel operations left in this calendar year. Clear the days of"
        " the other systems. If you need more, talk to your sales contact.",
        left,
    )
    return {f"days-{line.at}": message for line in chosen}


def _obstacle(outcome: ParallelOutcome) -> str:
    if outcome is ParallelOutcome.NO_OLD_SYSTEM:
        return _(
            "This file does not move the environment away from a system in use, so no old system"
            " can run in parallel. Clear the days."
        )
    return _(OUTCOME_MESSAGES[outcome])


def parallel_hint(lines: Sequence[Line]) -> str:
    """Return what people must know before they enter days; empty where no system moves."""
    of_moves = {line.obstacle for line in lines if line.moves}
    if None in of_moves:
        left = parallel_left(lines)
        return ngettext(
            "Where a system moves, the old one can run in parallel. Enter 1 to 30 days for it. This"
            " contract has %(n)s parallel operation left in this calendar year.",
            "Where a system moves, the old one can run in parallel. Enter 1 to 30 days for it. This"
            " contract has %(n)s parallel operations left in this calendar year.",
            left,
        )
    if ParallelOutcome.LIMIT_REACHED in of_moves:
        return _(OUTCOME_MESSAGES[ParallelOutcome.LIMIT_REACHED])
    return ""


def parallel_note(line: Line) -> str:
    """Return why the old system of this line alone cannot run in parallel."""
    running = line.moves and line.obstacle is ParallelOutcome.RUNNING
    return _(OUTCOME_MESSAGES[ParallelOutcome.RUNNING]) if running else ""


def summary_of(errors: Mapping[str, str], lines: Sequence[Line]) -> dict[str, str]:
    """Return the errors with each message once, at its first field, and the systems it is about."""
    fields: dict[str, list[str]] = {}
    for field, message in sorted(errors.items(), key=lambda error: _place(error[0])):
        fields.setdefault(message, []).append(field)
    return {of[0]: _about(message, of, lines) for message, of in fields.items()}


def _place(field: str) -> int:
    """Return the place of a field's line; the form as a whole comes first."""
    return -1 if field == "form" else int(field.rpartition("-")[2])


def _about(message: str, fields: Sequence[str], lines: Sequence[Line]) -> str:
    """Return a message after the systems of its fields; alone where it is about the whole form."""
    of = [lines[_place(field)] for field in fields if field != "form"]
    names = [line.request.system.name if line.request else line.file.name for line in of]
    if not names:
        return message
    about = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    if more > 0:
        about = _("%(names)s and %(n)s more", names=about, n=number(more))
    return _("%(names)s: %(problem)s", names=about, problem=message)


def parallel_part(contract: SeenContract, taken: Sequence[Line]) -> ParallelPart:
    """Return what the confirm page says about the old systems of the selected lines."""
    spans = [
        f"{line.target.name} – {parallel_span(contract, line.last, line.entry.days)}"
        for line in taken
        if line.parallel and line.target and line.last
    ]
    if spans:
        return chosen_part("\n".join(spans))
    of_moves = {line.obstacle for line in taken if line.moves}
    if None in of_moves:
        return offered_part()
    if ParallelOutcome.LIMIT_REACHED in of_moves:
        return ParallelPart(notes=[_(OUTCOME_MESSAGES[ParallelOutcome.LIMIT_REACHED])])
    return ParallelPart()

"""How the faults of uploads and lines are worded, in the reader's language."""

from app.activation.batches.archive_rules import ArchiveFault, ArchiveRefused
from app.activation.batches.lines import Line, LineFault
from app.activation.rules import EndActivation, Issue, Repeat
from app.activation.statements import changes_of
from app.activation.wording import message_of_file
from app.web.i18n import N_
from app.web.i18n import gettext as _

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

"""What a handheld scanner types into standard input: lines, until all parts of a file are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from licensed_system import parts
from licensed_system.outcomes import Outcome, Refused, refuse

# As many characters as the largest file has in parts, and some that were scanned twice.
MOST_CHARACTERS = 1024 * 1024


def read_scanned(lines: Iterable[str], progress: Callable[[Refused], None]) -> bytes:
    """The file whose parts are in ``lines``; reads no line after the last one that it needs.

    ``progress`` gets what is missing, after each part. Raises ``Refused`` as ``parts.join`` does.
    """
    text, problem = "", refuse(Outcome.MALFORMED)
    for line in lines:
        if not line.strip():
            continue
        text += line
        if len(text) > MOST_CHARACTERS:
            raise refuse(Outcome.TOO_LARGE)
        try:
            return parts.join(text)
        except Refused as refused:
            problem = refused
        if problem.outcome is Outcome.MISSING_PARTS:
            progress(problem)
    raise problem

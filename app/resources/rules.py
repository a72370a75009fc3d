"""Decisions about resources."""

from collections.abc import Iterable
from datetime import date, timedelta

from app.resources.sbom_rules import SbomFormat

# A part of a file that the person began longer ago counts as a separate download.
RESUMED_WITHIN = timedelta(days=1)
# More than any installation medium; a file store takes it in parts.
MOST_BYTES = 20 * 1024**3


def last_day(terms: Iterable[tuple[bool, date]]) -> date | None:
    """Return the last day on which a security fix is offered; None while one of its products runs.

    Args:
        terms: of each of the file's products that the contract has had: whether it can be used
            today, and the last day of its security fixes.
    """
    known = list(terms)
    if any(running for running, _ in known):
        return None
    return max((until for _, until in known), default=None)


def signature_name(name: str) -> str:
    """Return the file name of the signed manifest of a file."""
    return f"{name}.jwt"


def sbom_name(name: str, format: SbomFormat) -> str:
    """Return the file name of the bill of materials of a file, as its format recommends it."""
    return f"{name}.{'cdx' if format is SbomFormat.CYCLONEDX else 'spdx'}.json"

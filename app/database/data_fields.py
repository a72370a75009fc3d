"""How sensitive each column is, and who sees and changes it: declared below the tables."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How sensitive a column is; docs/data.md says what each level asks."""

    SECRET = "secret"  # noqa: S105 - a level, no password
    PERSONAL = "personal"
    CONFIDENTIAL = "confidential"
    HOUSE = "house"


NOBODY = "–"


@dataclass(frozen=True)
class Fields:
    """Columns of a table that the same people see and change.

    `python -m tests.conventions.data_page` writes them into docs/data.md.

    Attributes:
        columns: names with spaces between; the primary key needs no declaration.
        sees: who sees them by a page, in words.
        changes: who changes them by a page, in words.
    """

    table: str
    columns: str
    level: Level
    sees: str = NOBODY
    changes: str = NOBODY


@dataclass(frozen=True)
class NeverShown:
    """Columns whose values no page shows: the access matrix looks for them in every page."""

    table: str
    columns: str
    changes: str = "the portal"
    level: Level = Level.SECRET
    sees: str = NOBODY

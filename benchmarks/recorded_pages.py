"""What the portal's pages ask of the database and answer, for servers that do the same otherwise.

Uses the standard library alone: benchmarks/django_page.py reads it in another environment.
"""

import pickle
from dataclasses import dataclass
from pathlib import Path

Statement = tuple[str, tuple[object, ...]]


@dataclass(frozen=True)
class RecordedPage:
    """One page.

    Attributes:
        statements: what it asks, with the arguments.
        body: its HTML.
    """

    statements: list[Statement]
    body: bytes


@dataclass(frozen=True)
class Recorded:
    """All pages by path, and the database that they were made from.

    Attributes:
        session: settings of the portal's sessions of the database.
    """

    dsn: str
    session: dict[str, str]
    pages: dict[str, RecordedPage]

    def save(self, file: Path) -> None:
        """Keep it for `load_pages`."""
        file.write_bytes(pickle.dumps(self))


def load_pages(file: Path) -> Recorded:
    """Read what `save` wrote."""
    recorded = pickle.loads(file.read_bytes())
    assert isinstance(recorded, Recorded)
    return recorded

"""Reads about all connections, for the command that turns one off."""

from dataclasses import dataclass
from uuid import UUID

from app.database import fetch
from app.single_sign_on.exception_queries import COUNTED
from app.single_sign_on.rules import STAFF, State


@dataclass(frozen=True)
class ListedConnection:
    """A connection.

    Attributes:
        company: None for the vendor's.
        name: of the company; empty for the vendor's.
        exceptions: how many people keep a password and have a second factor.
    """

    company: UUID | None
    name: str
    state: State
    revision: int
    domains: list[str]
    exceptions: int

    @property
    def whose(self) -> str:
        """Return the word that names it at the command line."""
        return str(self.company or STAFF)


async def list_connections() -> list[ListedConnection]:
    """Return all connections, the vendor's first."""
    found = await fetch(
        f"""
        select c.company, coalesce(p.name, '') as name, c.state, c.revision,
               array(select d.domain from single_sign_on_domain d
                     where d.connection = c.id order by d.domain) as domains,
               {COUNTED} as exceptions
        from single_sign_on_connection c left join company p on p.id = c.company
        order by c.company is not null, p.name, c.id
        """
    )
    return [ListedConnection(**{**row, "state": State(row["state"])}) for row in found]

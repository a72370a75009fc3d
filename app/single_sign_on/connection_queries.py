"""Reads about all connections, for the command that turns one off, and about their exceptions."""

from dataclasses import dataclass
from uuid import UUID

from app.database import fetch, fetch_value
from app.single_sign_on.rules import STAFF, State

# How many exceptions of connection c count: owners of the company's contracts, or administrators
# of the vendor, who have a second factor.
COUNTED = """
    (select count(distinct e."user") from single_sign_on_exception e
     join known_company_owner o on o.company is not distinct from c.company and o."user" = e."user"
     where e.connection = c.id
       and (exists (select 1 from authenticator_app f
                    where f."user" = e."user" and f.confirmed_at is not null)
            or exists (select 1 from passkey f where f."user" = e."user")))
"""


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


async def count_exceptions(connection: UUID) -> int:
    """Return how many exceptions of a connection count."""
    found: int = await fetch_value(
        f"""
        select {COUNTED} from single_sign_on_connection c where c.id = $1
        """,
        connection,
    )
    return found

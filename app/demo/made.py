"""What was made of the demo world so far."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from app.products.rules import Term
from app.settings import Settings


@dataclass
class World:
    """Ids of what was made so far, by code, number or name.

    Attributes:
        today: D, the day the world is made.
    """

    settings: Settings
    today: date
    users: dict[str, UUID] = field(default_factory=dict)
    companies: dict[str, UUID] = field(default_factory=dict)
    products: dict[str, UUID] = field(default_factory=dict)
    contracts: dict[str, UUID] = field(default_factory=dict)
    entitlements: dict[tuple[str, str], UUID] = field(default_factory=dict)

    @property
    def staff(self) -> UUID:
        """The vendor's administrator, who sets the world up."""
        return self.users["staff"]

    def term(self, days: tuple[int, int]) -> Term:
        """A term by the distance of its first and last day from D."""
        return Term(self.today + timedelta(days[0]), self.today + timedelta(days[1]))

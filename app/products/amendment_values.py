"""What the staff enter about a contracted product."""

from typing import Annotated
from uuid import UUID

from app.contracts.contract_values import EffectiveOn, EndsOn, Note, StartsOn
from app.contracts.external_id_values import ExternalId
from app.products.rules import Term
from app.web.choice_kinds import Thing
from app.web.i18n import N_
from app.web.kinds import Number
from app.web.values import Values

LARGEST_QUANTITY = 1_000_000_000
Product = Annotated[UUID, Thing(label=N_("Product"))]
Quantity = Annotated[int, Number(label=N_("Quantity"), minimum=1, maximum=LARGEST_QUANTITY)]


class EntitlementFacts(Values, frozen=True):
    """The facts of a contracted product that an amendment changes."""

    quantity: Quantity
    starts_on: StartsOn
    ends_on: EndsOn
    external_id: ExternalId = None

    @property
    def term(self) -> Term:
        """Return its days."""
        return Term(self.starts_on, self.ends_on)


class EntitlementAmendmentValues(EntitlementFacts, frozen=True, kw_only=True):
    """Another quantity or term of a contracted product, with the reason.

    Rules: last day not before the first; not below what is in use, by trigger too;
    external ID once
    """

    reason: Note
    effective_on: EffectiveOn


class EntitlementOrderValues(Values, frozen=True):
    """A product that a contract gets, with the reason.

    Rules: last day not before the first; external ID once
    """

    product: Product
    quantity: Quantity
    starts_on: StartsOn
    ends_on: EndsOn
    reason: Note
    effective_on: EffectiveOn
    external_id: ExternalId = None

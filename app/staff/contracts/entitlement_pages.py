"""The forms of contracted products."""

from typing import Any
from uuid import UUID

from litestar.di import Provide
from litestar.params import FromPath

from app import clock
from app.products.amendment_values import EntitlementAmendmentValues, EntitlementOrderValues
from app.staff.catalogue.acts import offered_products
from app.staff.contracts import entitlement_acts as acts
from app.staff.contracts import queries
from app.staff.contracts.pages import CHANGE, provide_head
from app.staff.contracts.queries import ContractHead, SeenEntitlement
from app.staff.external_id_acts import EXTERNAL_ID_TAKEN
from app.staff.external_id_queries import external_id_taken
from app.staff.shell_pages import StaffForms
from app.web.values import Choices, SentForm, prefilled


class EntitlementOrder(StaffForms[ContractHead, EntitlementOrderValues, acts.Order]):
    """Adding a product to a contract."""

    path = "/staff/contracts/{number:str}/entitlements/new"
    guards = CHANGE
    dependencies = {"subject": Provide(provide_head)}
    act = acts.ORDER
    values = EntitlementOrderValues
    template = "staff/entitlement.html"

    def now(self, subject: ContractHead) -> EntitlementOrderValues:
        """Show the term of the contract until the person enters another."""
        return prefilled(
            EntitlementOrderValues,
            starts_on=max(subject.today, subject.starts_on),
            ends_on=subject.ends_on,
            effective_on=subject.today,
        )

    def revision(self, subject: ContractHead) -> int:
        """Return 0: what the contract gets is new."""
        return 0

    async def choices(self, subject: ContractHead) -> Choices:
        """Offer the catalogue."""
        return {"product": await offered_products()}

    def entry(
        self, subject: ContractHead, values: EntitlementOrderValues, revision: int
    ) -> acts.Order:
        """Propose the product."""
        return acts.Order(subject.number, values=values)

    async def check(self, subject: ContractHead, form: SentForm[EntitlementOrderValues]) -> None:
        """Report at once that the external id is taken."""
        if await external_id_taken("entitlement", form.values.external_id, None):
            self.refuse(form, EXTERNAL_ID_TAKEN)

    async def context(self, subject: ContractHead) -> dict[str, Any]:
        """Give the page the contract's number."""
        return {"number": subject.number, "entitlement": None, "uses": []}


async def provide_entitlement(
    number: FromPath[str], entitlement_id: FromPath[UUID]
) -> SeenEntitlement:
    """Return the contracted product in the address.

    Raises:
        NotFoundException: there is none in this contract.
    """
    return await acts.find_entitlement(number, entitlement_id)


class EntitlementAmendment(StaffForms[SeenEntitlement, EntitlementAmendmentValues, acts.Amendment]):
    """Another quantity or term of a contracted product; its end is its last day."""

    path = "/staff/contracts/{number:str}/entitlements/{entitlement_id:uuid}"
    guards = CHANGE
    dependencies = {"subject": Provide(provide_entitlement)}
    act = acts.AMENDMENT
    values = EntitlementAmendmentValues
    template = "staff/entitlement.html"

    def now(self, subject: SeenEntitlement) -> EntitlementAmendmentValues:
        """Show the current facts; a change counts from today."""
        today = clock.today(subject.time_zone)
        return prefilled(EntitlementAmendmentValues, subject, effective_on=today)

    def entry(
        self, subject: SeenEntitlement, values: EntitlementAmendmentValues, revision: int
    ) -> acts.Amendment:
        """Propose another quantity or term."""
        return acts.Amendment(subject.number, subject.id, values=values, revision=revision)

    async def check(
        self, subject: SeenEntitlement, form: SentForm[EntitlementAmendmentValues]
    ) -> None:
        """Report at once that the external id is taken."""
        if await external_id_taken("entitlement", form.values.external_id, subject.id):
            self.refuse(form, EXTERNAL_ID_TAKEN)

    async def context(self, subject: SeenEntitlement) -> dict[str, Any]:
        """Give the page the contracted product, and who uses it."""
        uses = await queries.list_uses(subject.id)
        return {"number": subject.number, "entitlement": subject, "uses": uses}

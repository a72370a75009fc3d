"""How many emergency files an environment of a contract may have."""

from typing import Any

from litestar.di import Provide

from app.contracts.contract_values import EmergencyLimitValues
from app.staff.contracts import emergency_acts as acts
from app.staff.contracts.acts import CONTRACTS_URL
from app.staff.contracts.pages import CHANGE, provide_head
from app.staff.contracts.queries import ContractHead
from app.staff.shell_pages import StaffForms
from app.web.values import prefilled


class EmergencyLimits(StaffForms[ContractHead, EmergencyLimitValues, acts.Limit]):
    """Another number of emergency files, with a reason."""

    path = CONTRACTS_URL + "/{number:str}/emergency-files"
    guards = CHANGE
    dependencies = {"subject": Provide(provide_head)}
    act = acts.LIMIT
    values = EmergencyLimitValues
    template = "staff/contract_emergency.html"

    def now(self, subject: ContractHead) -> EmergencyLimitValues:
        """Show the present number."""
        return prefilled(EmergencyLimitValues, subject)

    def entry(
        self, subject: ContractHead, values: EmergencyLimitValues, revision: int
    ) -> acts.Limit:
        """Propose another number."""
        return acts.Limit(subject.number, values=values, revision=revision)

    async def context(self, subject: ContractHead) -> dict[str, Any]:
        """Give the page the contract."""
        return {"contract": subject}

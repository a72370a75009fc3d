"""Contracts, as the vendor's calls give them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app import clock
from app.contracts.rules import Status, status_of
from app.staff.contracts.queries import INVITED, OWNED
from app.web.lists.listings import Listing, Order, fields_of


@dataclass(frozen=True)
class ContractRow:
    """A contract; `company` is the id of its company."""

    id: UUID
    external_id: str | None
    number: str
    name: str
    company: UUID
    company_name: str
    company_external_id: str | None
    license_type: str
    starts_on: date
    ends_on: date
    time_zone: str
    sales_name: str
    sales_email: str
    sales_phone: str
    emergency_files: int
    revision: int
    owned: bool
    owner_invited: bool

    @property
    def today(self) -> date:
        """Return the day that it is in its time zone."""
        return clock.today(self.time_zone)

    @property
    def status(self) -> Status:
        """Return where it stands today."""
        return status_of(self.starts_on, self.ends_on, self.today)


CONTRACTS = Listing(
    row=fields_of(ContractRow),
    columns=f"""c.id, c.external_id, c.number, c.name, c.company, p.name as company_name,
        p.external_id as company_external_id, c.license_type, c.starts_on, c.ends_on, c.time_zone,
        c.sales_name, c.sales_email, c.sales_phone, c.emergency_files, c.revision, {OWNED} as owned,
        {INVITED} as owner_invited""",
    tables="contract c join company p on p.id = c.company",
    key="c.id",
    orders={"number": Order("c.number")},
)

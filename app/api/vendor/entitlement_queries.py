"""Contracted products, as the vendor's calls give them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app import clock
from app.database import row
from app.web.lists.listings import Listing, Order, fields_of


@dataclass(frozen=True)
class EntitlementRow:
    """A contracted product; `number` is its contract's.

    Attributes:
        continued: whether an entry of the same product without an external id ends on the day
            before: this one took its place when another count took effect.
    """

    id: UUID
    external_id: str | None
    contract: UUID
    number: str
    product: UUID
    code: str
    unit: str
    quantity: int
    in_use: int
    starts_on: date
    ends_on: date
    time_zone: str
    by_license_key: bool
    continued: bool
    revision: int

    @property
    def today(self) -> date:
        """Return the day that it is in its contract's time zone."""
        return clock.today(self.time_zone)


ENTITLEMENTS = Listing(
    row=fields_of(EntitlementRow),
    columns="""e.id, e.external_id, e.contract, c.number, e.product, p.code, p.unit, e.quantity,
        counts_in_use(e.id)::int as in_use, e.starts_on, e.ends_on, c.time_zone,
        e.license_key is not null as by_license_key,
        exists (select 1 from entitlement o where o.contract = e.contract
                and o.product = e.product and o.external_id is null
                and o.ends_on = e.starts_on - 1) as continued,
        e.revision""",
    tables="""entitlement e join contract c on c.id = e.contract
        join product p on p.id = e.product""",
    key="e.id",
    orders={"contract": Order("c.number")},
)


@dataclass(frozen=True)
class OrderedProduct:
    """A product of the catalogue that a body names."""

    id: UUID
    code: str


async def find_product_coded(code: str) -> OrderedProduct | None:
    """Return the product with a code."""
    return await row(OrderedProduct, "select id, code from product where code = $1", code)


@dataclass(frozen=True)
class OrderingContract:
    """A contract that a body names."""

    number: str
    time_zone: str

    @property
    def today(self) -> date:
        """Return the day that it is in its time zone."""
        return clock.today(self.time_zone)


async def find_contract_numbered(number: str) -> OrderingContract | None:
    """Return the contract with a number."""
    return await row(
        OrderingContract, "select number, time_zone from contract where number = $1", number
    )

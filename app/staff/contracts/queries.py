"""Reads about contracts, as all of the staff see them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock
from app.contracts.rules import ENDS_SOON_DAYS, NamedContract, Status, status_of
from app.contracts.tables import Contract
from app.database import Record, row, rows
from app.staff.list_queries import Listed, Order, Source, Where, list_rows

TODAY = "(now() at time zone c.time_zone)::date"
CONTRACTS = Source(
    columns="""c.id, c.number, c.name, c.starts_on, c.ends_on, c.time_zone, p.name as company,
        exists (select 1 from membership m join portal_user u on u.id = m."user"
                where m.contract = c.id and m.role = 'owner' and u.disabled_at is null) as owned,
        exists (select 1 from invitation i where i.contract = c.id and i.role = 'owner'
                and i.ended_at is null and i.expires_at > now()) as owner_invited""",
    tables="contract c join company p on p.id = c.company",
    key="c.id",
    orders={
        "number": Order("c.number"),
        "name": Order("c.name"),
        "company": Order("p.name"),
        "end": Order("c.ends_on"),
        "newest": Order("c.starts_on", down=True),
    },
)
STATUSES = {
    Status.NOT_STARTED.value: f"c.starts_on > {TODAY}",
    Status.ACTIVE.value: f"c.starts_on <= {TODAY} and c.ends_on > {TODAY} + {ENDS_SOON_DAYS}",
    Status.ENDS_SOON.value: f"c.starts_on <= {TODAY}"
    f" and c.ends_on between {TODAY} and {TODAY} + {ENDS_SOON_DAYS}",
    Status.ENDED.value: f"c.ends_on < {TODAY}",
}


async def list_contracts(search: str, *, status: str, order: str, after: UUID | None) -> Listed:
    """Return contracts whose number, name or company has the words, of one status or of all."""
    where = Where()
    where.contains(search, "c.number", "c.name", "p.name")
    if status:
        where.add(STATUSES[status])
    return await list_rows(CONTRACTS, where, order=order, after=after)


def status(listed: Record) -> Status:
    """Return where a listed contract stands today."""
    return status_of(listed["starts_on"], listed["ends_on"], clock.today(listed["time_zone"]))


@dataclass(frozen=True)
class ContractHead:
    """A contract alone; `company` is the id of its company."""

    id: UUID
    number: str
    name: str
    company: UUID
    license_type: str
    starts_on: date
    ends_on: date
    time_zone: str
    sales_name: str
    sales_email: str
    sales_phone: str
    revision: int
    company_name: str

    @property
    def url(self) -> str:
        """Return the path of its page in the console."""
        return f"/staff/contracts/{self.number}"

    @property
    def title(self) -> str:
        """Return its name with its number, as statements name it."""
        return f"{self.name} ({self.number})"

    @property
    def named(self) -> NamedContract:
        """Return it as mails name it."""
        return NamedContract(self.id, self.number, self.name, self.company_name)

    @property
    def today(self) -> date:
        """Return the day that it is in its time zone."""
        return clock.today(self.time_zone)


HEAD = """c.id, c.number, c.name, c.company, c.license_type, c.starts_on, c.ends_on, c.time_zone,
    c.sales_name, c.sales_email, c.sales_phone, c.revision, p.name as company_name"""


async def find_head(number: str) -> ContractHead | None:
    """Return a contract alone."""
    return await row(
        ContractHead,
        f"select {HEAD} from contract c join company p on p.id = c.company where c.number = $1",
        number,
    )


async def number_taken(number: str) -> bool:
    """Return whether a contract has this number."""
    return await Contract.exists().where(Contract.number == number)


@dataclass(frozen=True)
class SeenEntitlement:
    """A contracted product, with what of it is in use; `contract` is its contract's id."""

    id: UUID
    contract: UUID
    product: UUID
    quantity: int
    starts_on: date
    ends_on: date
    revision: int
    code: str
    name_ja: str
    name_en: str
    number: str
    contract_name: str
    time_zone: str
    in_use: int
    held_until: datetime | None


async def find_entitlement(number: str, id: UUID) -> SeenEntitlement | None:
    """Return a contracted product of the contract with this number."""
    return await row(
        SeenEntitlement,
        """
        select e.id, e.contract, e.product, e.quantity, e.starts_on, e.ends_on, e.revision,
               p.code, p.name_ja, p.name_en, c.number, c.name as contract_name, c.time_zone,
               counts_in_use(e.id)::int as in_use,
               (select max(until) from hold where entitlement = e.id) as held_until
        from entitlement e join product p on p.id = e.product join contract c on c.id = e.contract
        where c.number = $1 and e.id = $2
        """,
        number,
        id,
    )


@dataclass(frozen=True)
class Use:
    """How many of an entitlement an environment uses: allocated, or held by a running file."""

    name: str
    allocated: int
    held: int


async def list_uses(entitlement: UUID) -> list[Use]:
    """Return which environments use how many of an entitlement."""
    return await rows(
        Use,
        """
        select v.name, coalesce(a.quantity, 0) as allocated, coalesce(h.quantity, 0) as held
        from environment v
        left join allocation a on a.environment = v.id and a.entitlement = $1
        left join hold h on h.environment = v.id and h.entitlement = $1
        where a.quantity is not null or h.quantity is not null
        order by v.sort_key, v.id
        """,
        entitlement,
    )


@dataclass(frozen=True)
class Ending:
    """A contracted product that ends on a day."""

    name_ja: str
    name_en: str
    quantity: int


async def list_ending_with(contract: UUID, ends_on: date) -> list[Ending]:
    """Return the contracted products that end on this day, which a renewal extends."""
    return await rows(
        Ending,
        "select p.name_ja, p.name_en, e.quantity from entitlement e"
        " join product p on p.id = e.product where e.contract = $1 and e.ends_on = $2"
        " order by p.code, e.id",
        contract,
        ends_on,
    )

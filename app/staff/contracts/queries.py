"""Reads about contracts, as all of the staff see them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock
from app.contracts.queries import STATUSES, TODAY
from app.contracts.rules import NamedContract, Role, SeenContract, Status, status_of
from app.contracts.tables import Contract
from app.database import row, rows
from app.web.lists.listings import Listing, Order, fields_of, words_in


@dataclass(frozen=True)
class ListedContract:
    """A contract in the list.

    Attributes:
        owned: whether it has an owner whose account is in use.
        owner_invited: whether an invitation of an owner is open.
    """

    id: UUID
    number: str
    name: str
    starts_on: date
    ends_on: date
    time_zone: str
    company: str
    owned: bool
    owner_invited: bool

    @property
    def status(self) -> Status:
        """Return where it stands today."""
        return status_of(self.starts_on, self.ends_on, clock.today(self.time_zone))


OWNED = """exists (select 1 from membership m join portal_user u on u.id = m."user"
                where m.contract = c.id and m.role = 'owner' and u.disabled_at is null)"""
INVITED = """exists (select 1 from invitation i where i.contract = c.id and i.role = 'owner'
                and i.ended_at is null and i.expires_at > now())"""
ENDS_WITHIN = {
    str(days): f"c.ends_on between {TODAY} and {TODAY} + {days}" for days in (30, 60, 90, 180)
}
OWNERS = {"none": f"not {OWNED}"}
CONTRACTS = Listing(
    row=fields_of(ListedContract),
    columns=f"""c.id, c.number, c.name, c.starts_on, c.ends_on, c.time_zone, p.name as company,
        {OWNED} as owned,
        {INVITED} as owner_invited""",
    tables="contract c join company p on p.id = c.company",
    key="c.id",
    orders={
        "number": Order("c.number"),
        "name": Order("c.name"),
        "company": Order("p.name"),
        "end": Order("c.ends_on"),
        "newest": Order("c.starts_on", down=True),
    },
    search=words_in("c.number", "c.name", "p.name", "c.external_id"),
    filters={"status": STATUSES, "ends": ENDS_WITHIN, "owner": OWNERS},
)


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
    external_id: str | None
    emergency_files: int
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
    def as_owner(self) -> SeenContract:
        """Return it as its owners see it, for what staff are shown in the same form."""
        return SeenContract(
            id=self.id,
            number=self.number,
            name=self.name,
            company=self.company_name,
            license_type=self.license_type,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            time_zone=self.time_zone,
            sales_name=self.sales_name,
            sales_email=self.sales_email,
            sales_phone=self.sales_phone,
            role=Role.OWNER,
            today=self.today,
        )

    @property
    def today(self) -> date:
        """Return the day that it is in its time zone."""
        return clock.today(self.time_zone)


HEAD = """c.id, c.number, c.name, c.company, c.license_type, c.starts_on, c.ends_on, c.time_zone,
    c.sales_name, c.sales_email, c.sales_phone, c.revision, c.external_id, c.emergency_files,
    p.name as company_name"""


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
    external_id: str | None
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
               e.external_id, p.code, p.name_ja, p.name_en, c.number, c.name as contract_name,
               c.time_zone, counts_in_use(e.id)::int as in_use,
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

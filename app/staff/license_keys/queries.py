"""Reads about license keys. A whole key is money: lists show its first and its last group only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.contracts.tables import Contract
from app.database import row, rows
from app.products.license_key_rules import plain_license_key
from app.web.lists.addresses import Wanted
from app.web.lists.listings import Listing, Order, Where, fields_of
from app.web.requests import FormData
from app.web.searching import pattern

LONGEST_CODE = 40
# The day at the vendor's; a contract may still have the day before, or the next one.
TODAY = "(now() at time zone 'Asia/Tokyo')::date"
MASKED = "left(k.code, 5) || '…' || right(k.code, 5)"

STATES = {
    "free": f"e.id is null and k.revoked_at is null and k.ends_on >= {TODAY}",
    "redeemed": "e.id is not null",
    "revoked": "k.revoked_at is not null",
    "ended": f"e.id is null and k.revoked_at is null and k.ends_on < {TODAY}",
}


@dataclass(frozen=True)
class ListedKey:
    """A license key in the list; `redeemed_by` is a contract's number."""

    id: UUID
    masked: str
    quantity: int
    starts_on: date
    ends_on: date
    issued_at: datetime
    revoked_at: datetime | None
    ended: bool
    product: str
    unit: str
    redeemed_by: str | None

    @property
    def revocable(self) -> bool:
        """Return whether it was neither redeemed nor revoked."""
        return not self.redeemed_by and not self.revoked_at


def _has(where: Where, words: str) -> None:
    """Find license keys whose characters, however they are typed, have the words."""
    where.add("replace(k.code, '-', '') like {}", pattern(plain_license_key(words)))


KEYS = Listing(
    row=fields_of(ListedKey),
    columns=f"""k.id, {MASKED} as masked, k.quantity, k.starts_on, k.ends_on, k.issued_at,
        k.revoked_at, k.ends_on < {TODAY} as ended, p.code as product, p.unit,
        c.number as redeemed_by""",
    tables="""license_key k join product p on p.id = k.product
        left join entitlement e on e.license_key = k.id
        left join contract c on c.id = e.contract""",
    key="k.id",
    orders={"newest": Order("k.issued_at", down=True), "end": Order("k.ends_on")},
    search=_has,
    filters={"state": STATES},
)


def read_wanted(path: str, data: FormData) -> Wanted:
    """Read the address of the list, where `product` is the code of any product."""
    return Wanted.read(path, data, KEYS, product={data.get("product")[:LONGEST_CODE]})


def of_product(wanted: Wanted) -> Where:
    """Return the condition for the product that the list is limited to."""
    where = Where()
    if product := wanted.chosen["product"]:
        where.add("p.code = {}", product)
    return where


async def list_keys(ids: Sequence[UUID]) -> list[ListedKey]:
    """Return some license keys, the newest first."""
    return await rows(
        ListedKey,
        f"select {KEYS.columns} from {KEYS.tables} where k.id = any($1::uuid[])"
        " order by k.issued_at desc, k.id",
        ids,
    )


@dataclass(frozen=True)
class SeenKey(ListedKey):
    """A license key, with what became of it; `only_for` is a contract's number."""

    batch: UUID | None
    only_for: str | None
    redeemed_at: datetime | None


async def find_key(id: UUID) -> SeenKey | None:
    """Return a license key."""
    return await row(
        SeenKey,
        f"""
        select k.id, {MASKED} as masked, k.quantity, k.starts_on, k.ends_on, k.issued_at,
               k.revoked_at, k.ends_on < {TODAY} as ended, p.code as product, p.unit,
               c.number as redeemed_by, k.batch, meant.number as only_for,
               e.created_at as redeemed_at
        from license_key k join product p on p.id = k.product
        left join contract meant on meant.id = k.contract
        left join entitlement e on e.license_key = k.id left join contract c on c.id = e.contract
        where k.id = $1
        """,
        id,
    )


@dataclass(frozen=True)
class Batch:
    """License keys that were issued together, and who took them away first."""

    id: UUID
    number: int
    issued_at: datetime
    product: str
    unit: str
    quantity: int
    starts_on: date
    ends_on: date
    redeemed: int
    revoked: int
    exported_at: datetime | None
    exported_by: str | None


async def find_batch(id: UUID) -> Batch | None:
    """Return a batch of license keys."""
    return await row(
        Batch,
        """
        select k.batch as id, count(*) as number, min(k.issued_at) as issued_at,
               min(p.code) as product, min(p.unit) as unit, min(k.quantity) as quantity,
               min(k.starts_on) as starts_on, min(k.ends_on) as ends_on,
               count(e.id) as redeemed, count(k.revoked_at) as revoked,
               max(x.exported_at) as exported_at, max(u.name) as exported_by
        from license_key k join product p on p.id = k.product
        left join entitlement e on e.license_key = k.id
        left join license_key_export x on x.batch = k.batch
        left join portal_user u on u.id = x.exported_by
        where k.batch = $1 group by k.batch
        """,
        id,
    )


async def find_contract_id(number: str) -> UUID | None:
    """Return the id of the contract with this number."""
    found = await Contract.select(Contract.id).where(Contract.number == number).first()
    return found["id"] if found else None

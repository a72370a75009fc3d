"""Reads about activations, always within a contract that the person sees."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock
from app.activation.moves import machine_of
from app.activation.requests import RequestFile
from app.activation.rules import (
    EarlierRequest,
    FileState,
    LastActivation,
    Situation,
    file_state,
)
from app.activation.terms import LicensedProduct, Term, Unit
from app.contracts.rules import SeenContract
from app.database import Record, fetch, fetch_one
from app.web import i18n

PAGE_ROWS = 50

# An activation with its products, and who confirmed it.
ACTIVATION = """
    select a.*, u.name as issued_by_name,
           (select json_agg(json_build_object(
                'entitlement', ap.entitlement, 'code', p.code, 'name_ja', p.name_ja,
                'name_en', p.name_en, 'unit', p.unit, 'quantity', ap.quantity,
                'starts_on', ap.starts_on, 'ends_on', ap.ends_on)
                order by p.code, ap.starts_on, ap.entitlement)
            from activation_product ap join entitlement en on en.id = ap.entitlement
            join product p on p.id = en.product where ap.activation = a.id) as products
    from activation a left join portal_user u on u.id = a.issued_by
"""


@dataclass(frozen=True)
class SeenActivation:
    """An issued activation, as an owner sees it."""

    id: UUID
    seq: int
    jti: str
    file: str
    request_file: str
    issued_at: datetime
    issued_by: str | None
    expires_at: datetime
    moved: bool
    downloaded_at: datetime | None
    ended_at: datetime | None
    state: FileState
    products: tuple[LicensedProduct, ...]

    @property
    def content(self) -> bytes:
        """The file as it is downloaded, the same bytes every time."""
        return f"{self.file}\n".encode()


@dataclass(frozen=True)
class Hold:
    """Counts of one product in this environment's files that still run."""

    name_ja: str
    name_en: str
    unit: str
    quantity: int
    allocated: int
    until: datetime


@dataclass(frozen=True)
class History:
    """One page of an environment's activations, newest first.

    Attributes:
        holds: the counts that its running files hold.
        following: sequence number before which the next page begins, None where there is none.
    """

    activations: list[SeenActivation]
    holds: list[Hold]
    following: int | None


def product_name(product: LicensedProduct) -> str:
    """The product's name in the reader's language."""
    return product.name_ja if i18n.language.get() == "ja" else product.name_en


def _product(values: Record) -> LicensedProduct:
    return LicensedProduct(
        entitlement=UUID(str(values["entitlement"])),
        code=values["code"],
        name_ja=values["name_ja"],
        name_en=values["name_en"],
        unit=Unit(values["unit"]),
        quantity=values["quantity"],
        term=Term(_day(values["starts_on"]), _day(values["ends_on"])),
    )


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _seen(row: Record) -> SeenActivation:
    return SeenActivation(
        id=row["id"],
        seq=row["seq"],
        jti=row["jti"],
        file=row["file"],
        request_file=row["request_file"],
        issued_at=row["issued_at"],
        issued_by=row["issued_by_name"],
        expires_at=row["expires_at"],
        moved=row["moved"],
        downloaded_at=row["downloaded_at"],
        ended_at=row["ended_at"],
        state=file_state(row["end_reason"], row["expires_at"], clock.now()),
        products=tuple(_product(each) for each in json.loads(row["products"] or "[]")),
    )


async def list_activations(environment: UUID, before: int | None) -> History:
    """An environment's history, a page at a time by sequence number, and what it holds."""
    rows = await fetch(
        f"""
        select h.holds, x.* from (
            select (select json_agg(json_build_object(
                        'name_ja', p.name_ja, 'name_en', p.name_en, 'unit', p.unit,
                        'quantity', h.quantity, 'allocated', coalesce(al.quantity, 0),
                        'until', h.until) order by p.code, e.id)
                    from hold h join entitlement e on e.id = h.entitlement
                    join product p on p.id = e.product
                    left join allocation al
                        on al.environment = h.environment and al.entitlement = h.entitlement
                    where h.environment = $1) as holds
        ) h left join lateral (
            {ACTIVATION} where a.environment = $1 and ($2::bigint is null or a.seq < $2)
            order by a.seq desc limit {PAGE_ROWS + 1}
        ) x on true order by x.seq desc
        """,
        environment,
        before,
    )
    found = [_seen(row) for row in rows if row["id"] is not None]
    holds = [_hold(each) for each in json.loads(rows[0]["holds"] or "[]")]
    shown = found[:PAGE_ROWS]
    return History(shown, holds, shown[-1].seq if len(found) > PAGE_ROWS else None)


def _hold(values: Record) -> Hold:
    return Hold(**{**values, "until": datetime.fromisoformat(values["until"])})


async def find_activation(environment: UUID, seq: int) -> SeenActivation | None:
    """The environment's activation with this sequence number."""
    row = await fetch_one(f"{ACTIVATION} where a.environment = $1 and a.seq = $2", environment, seq)
    return _seen(row) if row else None


async def find_last_activation(environment: UUID) -> SeenActivation | None:
    """The environment's newest activation."""
    row = await fetch_one(
        f"{ACTIVATION} where a.environment = $1 order by a.seq desc limit 1", environment
    )
    return _seen(row) if row else None


async def find_answer(environment: UUID, request_jti: str) -> SeenActivation | None:
    """The activation that a request, or a return, led to."""
    row = await fetch_one(
        f"{ACTIVATION} where a.environment = $1 and (a.request_jti = $2 or a.return_jti = $2)",
        environment,
        request_jti,
    )
    return _seen(row) if row else None


async def read_situation(
    contract: SeenContract,
    environment: UUID,
    request: RequestFile,
    now: datetime,
    *,
    has_signing_key: bool,
) -> Situation:
    """What the decision about a request stands on. `environment` is one of the contract's."""
    row = await fetch_one("select retired_at from environment where id = $1", environment)
    last = await find_last_activation(environment)
    return Situation(
        environment=environment,
        retired=row is None or row["retired_at"] is not None,
        contract=Term(contract.starts_on, contract.ends_on),
        today=contract.today,
        allocated=await _allocated(environment),
        last=_last(last),
        same_jti=await _same_jti(request.jti),
        moves=await list_moves(environment, now),
        has_signing_key=has_signing_key,
    )


def _last(activation: SeenActivation | None) -> LastActivation | None:
    if activation is None:
        return None
    return LastActivation(
        jti=activation.jti,
        seq=activation.seq,
        machine=machine_of(activation.file),
        ended=activation.ended_at is not None,
    )


async def _allocated(environment: UUID) -> list[LicensedProduct]:
    rows = await fetch(
        """
        select al.entitlement, al.quantity, e.starts_on, e.ends_on,
               p.code, p.name_ja, p.name_en, p.unit
        from allocation al join entitlement e on e.id = al.entitlement
        join product p on p.id = e.product where al.environment = $1
        """,
        environment,
    )
    return [_product(row) for row in rows]


async def _same_jti(jti: str) -> EarlierRequest | None:
    """Looked up across the whole portal: a request is for one environment only."""
    row = await fetch_one(
        """
        select environment, case when request_jti = $1 then request_file else return_file end
            as text
        from activation where request_jti = $1 or return_jti = $1
        """,
        jti,
    )
    return EarlierRequest(row["environment"], row["text"]) if row else None


async def list_moves(environment: UUID, now: datetime) -> list[datetime]:
    """When the environment's activation went to another machine.

    A machine whose clock is ahead may have issued "later" than `now`: that counts as now.
    """
    rows = await fetch(
        "select least(issued_at, $2) as moved_at from activation where environment = $1 and moved",
        environment,
        now,
    )
    return [row["moved_at"] for row in rows]

"""Reads about activations, always within a contract that the person sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import clock
from app.activation.format.requests import RequestFile
from app.activation.licensed_products import LicensedProduct
from app.activation.machine_moves import machine_of, moves_allowed
from app.activation.parallel.queries import NOT_ENDED, OLD_SYSTEM, SeenParallel
from app.activation.parallel.rules import OldSystem
from app.activation.rules import (
    EarlierRequest,
    FileState,
    LastActivation,
    Situation,
    file_state,
)
from app.contracts.rules import SeenContract
from app.database import Record, fetch, fetch_one, json_rows
from app.products.rules import Term
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where
from app.web.lists.queries import list_rows

# An activation with its products, and who confirmed it.
COLUMNS = """
    a.*, coalesce(u.name, sa.name) as issued_by_name,
           (select json_agg(json_build_object(
                'entitlement', ap.entitlement, 'code', p.code, 'name_ja', p.name_ja,
                'name_en', p.name_en, 'unit', p.unit, 'quantity', ap.quantity,
                'term', json_build_object('starts_on', ap.starts_on, 'ends_on', ap.ends_on))
                order by p.code, ap.starts_on, ap.entitlement)
            from activation_product ap join entitlement en on en.id = ap.entitlement
            join product p on p.id = en.product where ap.activation = a.id) as products,
           (select ends_on from parallel_operation
            where activation = a.id and ended_at is null) as parallel_until
"""
TABLES = """
    activation a left join portal_user u on u.id = a.issued_by
    left join service_account sa on sa.id = a.issued_by_account
"""
ACTIVATION = f"select {COLUMNS} from {TABLES}"


@dataclass(frozen=True)
class SeenActivation:
    """An issued activation, as an owner sees it.

    Attributes:
        parallel_until: the last day on which its system may run beside the one that came after it.
    """

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
    parallel_until: date | None

    @property
    def content(self) -> bytes:
        """Return the file that is downloaded, the same bytes every time."""
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
class Beside:
    """What the page of an environment's activations shows beside them.

    Attributes:
        holds: counts that running files hold.
        parallel: old systems that were not stopped early, the last one first.
    """

    holds: list[Hold]
    parallel: list[SeenParallel]


@dataclass(frozen=True)
class History(Beside):
    """A page of an environment's activations, and what is shown beside them."""

    listed: Listed[SeenActivation]


def seen_activation(row: Record) -> SeenActivation:
    """Return an activation as an owner sees it."""
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
        products=tuple(json_rows(LicensedProduct, row["products"])),
        parallel_until=row["parallel_until"],
    )


HOLDS = """
    (select coalesce(json_agg(json_build_object(
               'name_ja', p.name_ja, 'name_en', p.name_en, 'unit', p.unit,
               'quantity', h.quantity, 'allocated', coalesce(al.quantity, 0),
               'until', h.until) order by p.code, e.id), '[]'::json)
     from hold h join entitlement e on e.id = h.entitlement
     join product p on p.id = e.product
     left join allocation al on al.environment = h.environment and al.entitlement = h.entitlement
     where h.environment = $1)
"""
BESIDE = f"json_build_array(json_build_object('holds', {HOLDS}, 'parallel', {NOT_ENDED}))::text"
# What file_state() says, for the filter.
STATES = {
    **{state.value: f"a.end_reason = '{state.value}'" for state in FileState},
    FileState.RUNS.value: "a.end_reason is null and a.expires_at > now()",
    FileState.EXPIRED.value: "a.end_reason is null and a.expires_at <= now()",
}
ACTIVATIONS = Listing(
    row=seen_activation,
    columns=COLUMNS,
    tables=TABLES,
    key="a.id",
    orders={"newest": Order("a.seq", down=True)},
    filters={"state": STATES},
    beside=BESIDE,
)


async def list_activations(environment: UUID, wanted: Wanted) -> History:
    """Return an environment's history, what it holds, and its old systems."""
    where = Where(args=[environment])
    where.add("a.environment = {}", environment)
    listed = await list_rows(ACTIVATIONS, wanted, where)
    [beside] = json_rows(Beside, listed.beside)
    return History(beside.holds, beside.parallel, listed)


async def find_activation(environment: UUID, seq: int) -> SeenActivation | None:
    """Return the environment's activation with this sequence number."""
    row = await fetch_one(f"{ACTIVATION} where a.environment = $1 and a.seq = $2", environment, seq)
    return seen_activation(row) if row else None


async def find_answer(environment: UUID, request_jti: str) -> SeenActivation | None:
    """Return the activation that a request, or a return, led to."""
    row = await fetch_one(
        f"{ACTIVATION} where a.environment = $1 and (a.request_jti = $2 or a.return_jti = $2)",
        environment,
        request_jti,
    )
    return seen_activation(row) if row else None


# Everything that a decision about a request stands on. A request's id is looked up across the
# whole portal: it is for one environment only.
SITUATIONS = f"""
    select coalesce(e.name, '') as environment_name,
           e.id is null or e.retired_at is not null as retired, x.*,
           same.environment as same_environment, same.text as same_text,
           (select json_agg(json_build_object(
                'entitlement', al.entitlement, 'quantity', al.quantity, 'code', p.code,
                'name_ja', p.name_ja, 'name_en', p.name_en, 'unit', p.unit,
                'term', json_build_object('starts_on', en.starts_on, 'ends_on', en.ends_on)))
            from allocation al join entitlement en on en.id = al.entitlement
            join product p on p.id = en.product where al.environment = one.id) as allocated,
           array(select least(issued_at, $3) from activation
                 where environment = one.id and moved) as moves,
           array(select least(allowed_at, $3) from move_allowance
                 where environment = one.id) as allowances,
           {OLD_SYSTEM.format("one.id")} as old_system,
           parallel_operations_left(e.contract, $4) as parallel_left
    from unnest($1::uuid[], $2::text[]) with ordinality one(id, jti, place)
    left join environment e on e.id = one.id
    left join lateral (
        {ACTIVATION} where a.environment = one.id order by a.seq desc limit 1) x on true
    left join lateral (
        select environment, case when request_jti = one.jti then request_file else return_file end
            as text
        from activation where request_jti = one.jti or return_jti = one.jti limit 1) same on true
    order by one.place
"""


async def read_situation(
    contract: SeenContract,
    environment: UUID,
    request: RequestFile,
    now: datetime,
    *,
    has_signing_key: bool,
) -> tuple[Situation, SeenActivation | None]:
    """Return what the decision about a request stands on, and the environment's newest activation.

    Args:
        environment: one of the contract's.
    """
    [found] = await read_situations(
        contract, [(environment, request.jti)], now, has_signing_key=has_signing_key
    )
    return found


async def read_situations(
    contract: SeenContract,
    asked: Sequence[tuple[UUID, str]],
    now: datetime,
    *,
    has_signing_key: bool,
) -> list[tuple[Situation, SeenActivation | None]]:
    """Return the same for each of several environments, in their order.

    A machine whose clock is ahead may have moved "later" than `now`: that counts as now.

    Args:
        asked: environments of the contract, each with the id of a request for it.
    """
    places, ids = [place for place, _ in asked], [jti for _, jti in asked]
    rows = await fetch(SITUATIONS, places, ids, now, contract.today)
    return [
        _situation(contract, place, row, now, has_signing_key=has_signing_key)
        for (place, _), row in zip(asked, rows, strict=True)
    ]


def _situation(
    contract: SeenContract, environment: UUID, row: Record, now: datetime, *, has_signing_key: bool
) -> tuple[Situation, SeenActivation | None]:
    last = seen_activation(row) if row["id"] is not None else None
    same = row["same_environment"]
    situation = Situation(
        environment=environment,
        name=row["environment_name"],
        retired=row["retired"],
        contract=Term(contract.starts_on, contract.ends_on),
        today=contract.today,
        allocated=json_rows(LicensedProduct, row["allocated"]),
        last=_last(last),
        same_jti=EarlierRequest(same, row["same_text"]) if same else None,
        moves=list(row["moves"]),
        has_signing_key=has_signing_key,
        moves_a_year=moves_allowed(row["allowances"], now),
        old=next(iter(json_rows(OldSystem, row["old_system"])), None),
        parallel_left=row["parallel_left"] or 0,
    )
    return situation, last


def _last(activation: SeenActivation | None) -> LastActivation | None:
    if activation is None:
        return None
    return LastActivation(
        jti=activation.jti,
        seq=activation.seq,
        machine=machine_of(activation.file),
        ended=activation.ended_at is not None,
    )

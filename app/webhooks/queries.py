"""Reads about endpoints and their deliveries, through the contract or for the vendor."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.database import Record, fetch, fetch_one, fetch_value
from app.web.lists.addresses import Listed, Wanted
from app.web.lists.listings import Listing, Order, Where
from app.web.lists.queries import list_rows
from app.webhooks.rules import PauseReason, Preset, Problem, State


@dataclass(frozen=True)
class SeenEndpoint:
    """An endpoint as its owners or the vendor's administrators see it.

    Attributes:
        contract: None for one of the vendor.
        host: of the address; `services.open_url` gives the whole one.
        secret_by: who made the newest secret; None if they have left.
        previous_until: how long the secret before still signs; None if it does not.
        delivered_at: when it last took something.
        queued: deliveries that wait.
        failed: deliveries of the last 30 days that were given up.
    """

    id: UUID
    contract: UUID | None
    name: str
    host: str
    preset: Preset
    event_types: list[str]
    language: str
    secret_by: str | None
    secret_at: datetime
    previous_until: datetime | None
    created_at: datetime
    paused_at: datetime | None
    pause_reason: PauseReason | None
    delivered_at: datetime | None
    revision: int
    queued: int
    failed: int


# Of the contract $1; the vendor's where it is null.
SEEN = """
    select e.id, e.contract, e.name, e.host, e.preset, e.event_types, e.language,
           u.name as secret_by, e.secret_at, e.previous_until, e.created_at, e.paused_at,
           e.pause_reason, e.delivered_at, e.revision, d.queued, d.failed
    from webhook_endpoint e left join portal_user u on u.id = e.secret_by
    cross join lateral (
        select count(*) filter (where state = 'queued') as queued,
               count(*) filter (where state = 'failed') as failed
        from webhook_delivery where endpoint = e.id and state <> 'delivered') d
    where e.contract is not distinct from $1::uuid and e.removed_at is null
"""


def _seen(row: Record) -> SeenEndpoint:
    reason, previous = row["pause_reason"], row["previous_until"]
    typed = {
        "preset": Preset(row["preset"]),
        "event_types": list(row["event_types"]),
        "pause_reason": PauseReason(reason) if reason else None,
        "previous_until": previous if previous and previous > clock.now() else None,
    }
    return SeenEndpoint(**{**row, **typed})


async def list_endpoints(contract: UUID | None) -> list[SeenEndpoint]:
    """Return the endpoints of a contract, or the vendor's, that were not removed."""
    found = await fetch(f"{SEEN} order by e.name, e.id", contract)
    return [_seen(row) for row in found]


async def find_endpoint(contract: UUID | None, id: UUID) -> SeenEndpoint | None:
    """Return an endpoint of a contract, or of the vendor, that was not removed."""
    row = await fetch_one(f"{SEEN} and e.id = $2", contract, id)
    return _seen(row) if row else None


async def name_taken(contract: UUID | None, name: str, *, but: UUID | None = None) -> bool:
    """Whether another endpoint in use of the contract, or of the vendor, has the name."""
    found: bool = await fetch_value(
        "select exists (select from webhook_endpoint where contract is not distinct from $1::uuid"
        " and removed_at is null and normalize(name, nfc) = normalize($2, nfc)"
        " and id is distinct from $3::uuid)",
        contract,
        name,
        but,
    )
    return found


async def find_number(contract: UUID) -> str:
    """Return the number of a contract."""
    number: str = await fetch_value("select number from contract where id = $1", contract)
    return number


@dataclass(frozen=True)
class SeenDelivery:
    """A delivery of an endpoint.

    Attributes:
        body: the request, as it is or was sent.
        answer: the first kilobyte of the last answer.
    """

    id: UUID
    endpoint: UUID
    event: UUID
    event_type: str
    body: str
    state: State
    problem: Problem | None
    failures: int
    created_at: datetime
    due_at: datetime
    attempted_at: datetime | None
    settled_at: datetime | None
    status: int | None
    answer: str
    took_ms: int | None


DELIVERY_COLUMNS = """d.id, d.endpoint, d.event, d.event_type, d.body, d.state, d.problem,
    d.failures, d.created_at, d.due_at, d.attempted_at, d.settled_at, d.status, d.answer,
    d.took_ms"""


def _delivery(row: Record) -> SeenDelivery:
    known = {name: row[name] for name in SeenDelivery.__dataclass_fields__}  # a list has more
    problem = Problem(row["problem"]) if row["problem"] else None
    return SeenDelivery(**{**known, "state": State(row["state"]), "problem": problem})


DELIVERIES = Listing(
    row=_delivery,
    columns=DELIVERY_COLUMNS,
    tables="webhook_delivery d",
    key="d.id",
    orders={"newest": Order("d.created_at", down=True)},
    filters={"state": {state.value: f"d.state = '{state.value}'" for state in State}},
)


async def list_deliveries(endpoint: UUID, wanted: Wanted) -> Listed[SeenDelivery]:
    """Return a page of an endpoint's deliveries of the last 30 days, newest first."""
    where = Where()
    where.add("d.endpoint = {}", endpoint)
    return await list_rows(DELIVERIES, wanted, where)


async def find_delivery(endpoint: UUID, id: UUID) -> SeenDelivery | None:
    """Return a delivery of an endpoint."""
    row = await fetch_one(
        f"select {DELIVERY_COLUMNS} from webhook_delivery d where d.endpoint = $1 and d.id = $2",
        endpoint,
        id,
    )
    return _delivery(row) if row else None

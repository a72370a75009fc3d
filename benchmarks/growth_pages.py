"""The pages that benchmarks/growth.py asks for, and one request to the portal without a network."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlencode
from uuid import UUID

from app.accounts.queries import find_credentials
from app.accounts.session_services import open_session
from app.database import engine, fetch_one, open_pool, queries_made
from app.database.pool import Pool
from app.settings import Settings
from app.web.http.asgi import App
from benchmarks.growth_world import World

PEOPLE = 20


@dataclass(frozen=True)
class Place:
    """Somebody who looks, and what they look at."""

    cookie: str
    contract: str
    environment: UUID
    entitlement: UUID
    notice: UUID
    confirmation: str


@dataclass(frozen=True)
class Answer:
    """What came back, how long it took, and how many queries it needed."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes
    seconds: float
    queries: int


@dataclass
class Side:
    """One of the two portals that are compared, with a connection of its own."""

    world: World
    pool: Pool
    places: list[Place]


def contract(ending: str) -> Callable[[Place], str]:
    """A page below the contract."""
    return lambda place: f"/contracts/{place.contract}{ending}"


def environment(ending: str) -> Callable[[Place], str]:
    """A page below the environment."""
    return lambda place: f"/contracts/{place.contract}/environments/{place.environment}{ending}"


PAGES: dict[str, Callable[[Place], str]] = {
    "home": lambda _: "/",
    "contracts": lambda _: "/contracts",
    "contracts, searched": lambda _: "/contracts?search=基盤",
    "contracts, sorted by name": lambda _: "/contracts?order=name",
    "contracts, sorted by end": lambda _: "/contracts?order=end",
    "contract details": contract(""),
    "products": contract("/products"),
    "products, ended ones too": contract("/products?expired=1"),
    "a product's environments": lambda p: f"/contracts/{p.contract}/products/{p.entitlement}",
    "environments": contract("/environments"),
    "new environment": contract("/environments/new"),
    "environment": environment(""),
    "allocation form": environment("/allocations"),
    "other products": environment("/allocations/other-products"),
    "allocation by table": contract("/allocation-sheet"),
    "activations": environment("/activations"),
    "members": contract("/members"),
    "group companies": contract("/group-companies"),
    "group company, search": contract("/group-companies/new?search="),
    "resources": contract("/resources"),
    "history": contract("/history"),
    "quote requests": contract("/quote-requests"),
    "quote, form": contract("/quote-requests/new"),
    "quote, addition": contract("/quote-requests/new/addition"),
    "notices": lambda _: "/notices",
    "notices, unread of a product": lambda _: "/notices?unread=1&product=P016",
    "notice": lambda place: f"/notices/{place.notice}",
    "confirm page": lambda place: place.confirmation,
    "profile": lambda _: "/profile",
    "calendar": lambda _: "/profile/calendar",
    "withdrawal": lambda _: "/profile/withdrawal",
}


async def ask(app: App, path: str, cookie: str, form: dict[str, str] | None = None) -> Answer:
    """One request, as a browser sends it, straight into the application."""
    address, _, query = path.partition("?")
    body = urlencode(form or {}).encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET" if form is None else "POST",
        "scheme": "http",
        "path": address,
        "raw_path": address.encode(),
        "query_string": quote(query, safe="=&").encode(),
        "root_path": "",
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
        "headers": [
            (b"host", b"127.0.0.1:8000"),
            (b"cookie", cookie.encode()),
            (b"sec-fetch-site", b"same-origin"),
            (b"accept-encoding", b"br"),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(body)).encode()),
        ],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    made: list[str] = []
    token = queries_made.set(made)
    begin = time.perf_counter()
    try:
        await app(scope, receive, send)
    finally:
        spent = time.perf_counter() - begin
        queries_made.reset(token)
    whole = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], dict(sent[0]["headers"]), whole, spent, len(made))


@asynccontextmanager
async def opened(world: World, app: App, settings: Settings, people: int) -> AsyncIterator[Side]:
    """The portal on this database, with people signed in who look at their own contracts."""
    await open_pool(world.dsn, size=1)
    pool = cast(Pool, engine.pool)
    people = min(people, world.size.contracts // 10)
    # Contracts that run, all over the table.
    numbers = [10 * (world.size.contracts // 10 // people * (n + 1)) - 5 for n in range(people)]
    places = [await make_place(app, settings, f"user{2 * n - 1}", f"G-{n:07}") for n in numbers]
    try:
        yield Side(world, pool, places)
    finally:
        engine.pool = None
        await pool.close()


def use(side: Side) -> None:
    """Let the next request go to this portal."""
    engine.pool = cast(Any, side.pool)


async def make_place(app: App, settings: Settings, code: str, number: str) -> Place:
    """Somebody signed in, the contract they own, and a change of it that waits for 決定."""
    account = await find_credentials(code)
    assert account is not None, code
    session = await open_session(account, "growth", known_device=None)
    cookie = f"{settings.session_cookie}={session.token}"
    row = await fetch_one(
        """
        select e.id as environment, a.entitlement,
               (select n.id from notice n join notice_product p on p.notice = n.id
                join entitlement t on t.product = p.product and t.contract = c.id
                order by n.published_at desc limit 1) as notice
        from contract c join environment e on e.contract = c.id
        join allocation a on a.environment = e.id
        where c.number = $1 order by e.sort_key, e.id, a.entitlement limit 1
        """,
        number,
    )
    assert row is not None, number
    form = {f"q-{row['entitlement']}": "9"}
    path = f"/contracts/{number}/environments/{row['environment']}/allocations"
    proposed = await ask(app, path, cookie, form)
    location = proposed.headers.get(b"location", b"").decode()
    assert location, (proposed.status, path)
    return Place(cookie=cookie, contract=number, confirmation=location, **row)

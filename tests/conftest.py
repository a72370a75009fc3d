"""The cast and the stage: the demo world in a real PostgreSQL, and clients signed in to it."""

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import hypothesis
import pytest
from argon2 import PasswordHasher

from app.accounts import passwords
from app.accounts.queries import find_credentials
from app.accounts.session_services import open_session
from app.cli.runtime import with_demo_secrets
from app.database import close_pool, open_pool
from app.database.embedded import Addresses, EmbeddedServer
from app.database.migrate import migrate
from app.demo.signing_keys import prepare_demo_signing_keys
from app.demo.world import make_world
from app.main import make_app
from app.settings import Settings, read_settings
from app.web import brand, i18n
from app.web.brand import Brand
from app.web.http.asgi import App
from tests.pages import check_page
from tests.quick import is_below, is_quick
from tests.spare_databases import Spares, make_haste

# A shell that runs the tests in the background has them ignore Ctrl-C, and so would every process
# that they start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
# How long an example takes says more about the machine than about the code.
SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("portal", deadline=None, suppress_health_check=SLOW)
hypothesis.settings.load_profile("portal")
TEMPLATE = "world"
# These take longest, and start first: a process without work takes tests from the end of another's
# list, so that the last ones are short and those that share a costly fixture stay together.
FIRST = ("shipping", "outside_demo", "never", "api/test_generated_calls.py", "browser")
_names = (f"copy{n}" for n in itertools.count())


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `make quick` and `make prove` ask for."""
    parser.addoption("--quick", action="store_true", help="leave out what takes long")
    parser.addoption("--whole-matrix", action="store_true", help="test every cell of each matrix")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the remainder of the matrices; with --quick, keep what runs in moments.

    The longest come first.
    """
    quick, whole = config.getoption("--quick"), config.getoption("--whole-matrix")
    kept = [
        test
        for test in items
        if (whole or not test.get_closest_marker("remainder")) and (not quick or is_quick(test))
    ]
    left = set(items) - set(kept)
    config.hook.pytest_deselected(items=[test for test in items if test in left])
    items[:] = sorted(kept, key=lambda test: not is_below(test, FIRST))


def in_database(dsn: str, name: str) -> str:
    """The same address for another database of the server."""
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(path=f"/{name}"))


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[PasswordHasher]:
    """Hash with the least work that argon2id can do; answers the hasher of the portal.

    The portal's own takes a fifth of a second for each of the tests' thousands of passwords.
    """
    costly = passwords._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
        yield costly


@pytest.fixture
def costly_passwords(
    quick_passwords: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Hash as the portal does, for tests of how much work that is."""
    monkeypatch.setattr(passwords, "_hasher", quick_passwords)
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(autouse=True)
def in_japanese() -> None:
    """Each test begins in the usual language: commands that another one ran speak English."""
    i18n.language.set(i18n.DEFAULT_LANGUAGE)


@dataclass(frozen=True)
class Stage:
    """A server whose template database holds the demo world."""

    addresses: Addresses
    settings: Settings

    async def copy(self) -> str:
        """A database of its own with the demo world; answers its runtime DSN."""
        name = next(_names)
        admin = await asyncpg.connect(self.addresses.admin)
        try:
            await admin.execute(f"create database {name} template {TEMPLATE} owner portal_owner")
            # A migration said so of the template; a copy does not have it.
            await admin.execute(f"revoke temporary on database {name} from public")
        finally:
            await admin.close()
        return in_database(self.addresses.runtime, name)

    def owner_dsn(self, runtime_dsn: str) -> str:
        """The owning role's address of the same database."""
        name = urlsplit(runtime_dsn).path.lstrip("/")
        return in_database(self.addresses.owner, name)


async def make_template(addresses: Addresses, settings: Settings) -> None:
    """Make the database that each test gets a copy of; the role portal_owner owns it."""
    admin = await asyncpg.connect(addresses.admin)
    try:
        await admin.execute(f"create database {TEMPLATE} owner portal_owner")
    finally:
        await admin.close()
    runtime = in_database(addresses.runtime, TEMPLATE)
    await migrate(in_database(addresses.owner, TEMPLATE), runtime)
    await open_pool(runtime)
    try:
        await prepare_demo_signing_keys(settings)
        await make_world(settings)
    finally:
        await close_pool()


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The embedded server with the demo world, made once."""
    data_dir = tmp_path_factory.mktemp("stage")
    settings = read_settings({"PORTAL_DATA_DIR": str(data_dir)}, demo=True)
    settings = with_demo_secrets(replace(settings, data_dir=data_dir))
    with EmbeddedServer(data_dir) as addresses:
        asyncio.run(make_haste(addresses))
        asyncio.run(make_template(addresses, settings))
        yield Stage(addresses, settings)


@pytest.fixture(scope="session")
def spares(stage: Stage) -> Iterator[Spares]:
    """The databases that tests have one after the other."""
    yield from spares_of(stage)


def spares_of(stage: Stage) -> Iterator[Spares]:
    """Databases of this server, until the tests are over."""

    async def copy() -> str:
        return urlsplit(await stage.copy()).path.lstrip("/")

    spares = Spares(copy, lambda name: asyncpg.connect(in_database(stage.addresses.admin, name)))
    yield spares
    spares.close()


@pytest.fixture
def world(stage: Stage, spares: Spares) -> Iterator[str]:
    """The address of a database with the demo world and nothing else."""
    spare = spares.take()
    yield in_database(stage.addresses.runtime, spare.name)
    spares.give_back(spare)


@pytest.fixture
async def database(world: str) -> AsyncIterator[str]:
    """The demo world in a database of the test's own, with the pool open on it."""
    await open_pool(world)
    yield world
    await close_pool()


# Making an application takes longer than most tests; it keeps no state.
made_app = lru_cache(maxsize=16)(make_app)


@dataclass(frozen=True)
class Portal:
    """The application on a database of the test's own."""

    app: App
    settings: Settings
    dsn: str

    def with_settings(self, **changes: Any) -> "Portal":
        """The same portal with other settings."""
        settings = replace(self.settings, **changes)
        return replace(self, app=made_app(settings, self.dsn), settings=settings)

    def anonymous(self) -> httpx.AsyncClient:
        """Somebody who has not signed in; every page they get is checked."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url=self.settings.base_url,
            event_hooks={"response": [check_page]},
            headers={"Sec-Fetch-Site": "same-origin"},
        )

    async def signed_in(self, code: str) -> httpx.AsyncClient:
        """One of the cast, signed in."""
        account = await find_credentials(code)
        assert account is not None, f"{code} is not in the cast"
        signed_in = await open_session(account, "tests", known_device=None)
        client = self.anonymous()
        client.cookies.set(self.settings.session_cookie, signed_in.token)
        return client


@pytest.fixture(scope="session")
def app(stage: Stage) -> App:
    """The application, made once: it keeps no state, and finds the pool that is open."""
    return make_app(stage.settings, in_database(stage.addresses.runtime, TEMPLATE))


@pytest.fixture
def portal(stage: Stage, app: App, database: str) -> Portal:
    """The application, on the test's own copy of the demo world."""
    # The process keeps the brand that an earlier test chose until it reads the database again.
    brand.use(Brand())
    return Portal(app, stage.settings, database)


@pytest.fixture
async def owner(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """The owner of D-1001, signed in."""
    async with await portal.signed_in("owner") as client:
        yield client


@pytest.fixture
async def member(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """A member of D-1001, signed in."""
    async with await portal.signed_in("member") as client:
        yield client


@pytest.fixture
async def outsider(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of another company, who has no access to what the others have."""
    async with await portal.signed_in("outsider") as client:
        yield client


@pytest.fixture
async def english(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """A member of D-1001 who reads English, signed in."""
    async with await portal.signed_in("english") as client:
        yield client

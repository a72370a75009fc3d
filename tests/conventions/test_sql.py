"""Every SQL statement of the portal fits the tables, before anybody runs it."""

import ast
import importlib
import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest

from app.accounts.queries import SESSION, session_statement
from app.audit.event_types import EVENT_TYPES
from app.audit.services import record
from app.contracts.queries import AHEAD, find_contract
from app.database import fetch_value, unit_of_work, uuid7
from app.database.rows import field_names
from app.history import queries as history
from app.history.rules import Group, HistoryFilter
from app.staff.audit import queries as staff_audit
from app.web.lists.listings import Listing, Where
from app.web.lists.queries import list_rows
from tests.conventions.sources import modules
from tests.conventions.statements import find_statements, looks_like_sql
from tests.lists import wanted

NOW = datetime(2026, 11, 29, tzinfo=UTC)
DAY = date(2026, 11, 29)
# They compose a statement of what is wanted when they are called. Each is kept by a test below,
# which runs all that it composes, or by what is named here.
BUILDERS = {
    "app.accounts.queries.find_session": "test_the_statement_of_the_session_fits",
    "app.audit.services.record": "test_every_event_can_be_recorded",
    "app.backup.copying.write_tables": "tests/backup; it asks the database for the names",
    "app.database.migrate._grant": "every migration; it grants to a role of the settings",
    "app.database.sql_migration.sql_migration": "every migration; it runs the file beside it",
    "app.staff.audit.queries.list_links": "test_every_filter_of_the_audit_log_fits",
    "app.web.lists.queries.list_rows": "test_every_filter_and_order_of_a_list_fits",
}
# Words for every way in which a list of the console searches.
SEARCHES = ["", "D-1", "1", "a" * 64]


@pytest.fixture
async def connection(database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a migrated database."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def _problem(connection: asyncpg.Connection, sql: str, kind: type | None = None) -> str:
    """Return what is wrong with a statement, and with the dataclass that its rows become."""
    try:
        prepared = await connection.prepare(sql)
    except asyncpg.PostgresError as error:
        return str(error)
    columns = tuple(attribute.name for attribute in prepared.get_attributes())
    wrong = kind is not None and columns != field_names(kind)
    return f"{columns} are not the fields of {kind}" if wrong else ""


async def test_every_statement_fits_the_tables(connection: asyncpg.Connection) -> None:
    found = find_statements()
    assert len(found.statements) > 200, "most statements were not found"
    problems = [(str(s.place), await _problem(connection, s.sql, s.kind)) for s in found.statements]
    assert not [(place, problem) for place, problem in problems if problem]


def test_every_statement_is_composed_of_constants() -> None:
    """What cannot be evaluated is not checked; so only the builders below may compose more."""
    unknown = {str(p): why for p, why in find_statements().unknown.items()}
    composed = {p.function for p in find_statements().unknown}
    others = {p: why for p, why in unknown.items() if not any(f"({b})" in p for b in BUILDERS)}
    assert not others, "compose it of constants, or write a test of its builder"
    assert composed == set(BUILDERS), "strike off the builders that are none any more"
    own = {name for name in BUILDERS.values() if name.startswith("test_")}
    assert own <= set(globals())


def test_every_text_that_looks_like_sql_is_in_a_statement() -> None:
    """SQL that runs in a way that find_statements() does not know would be missed."""
    everything = " ".join(" ".join(s.sql.split()) for s in find_statements().statements)
    builders = tuple(name.rpartition(".")[0] for name in BUILDERS)
    missed = [
        f"{module.name}:{node.lineno}: {node.value[:60]}"
        for module in modules("app")
        if module.name not in builders
        for node in ast.walk(module.tree())
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if looks_like_sql(node.value) and " ".join(node.value.split())[:40] not in everything
    ]
    assert not missed


async def test_the_statement_of_the_session_fits(connection: asyncpg.Connection) -> None:
    assert not await _problem(connection, SESSION)
    assert not await _problem(connection, session_statement(AHEAD))


async def test_every_event_can_be_recorded(database: str) -> None:
    user = await fetch_value("select id from portal_user limit 1")
    for event_type, actor in itertools.product(EVENT_TYPES, (None, user)):
        async with unit_of_work():
            await record(event_type, actor=actor, contract=uuid7(), subject=uuid7())


async def test_every_filter_of_the_history_fits(database: str) -> None:
    user = await fetch_value("select id from portal_user where code = 'owner'")
    contract = await find_contract(user, "D-1001")
    assert contract
    people = (None, user, Group.PORTAL, Group.VENDOR)
    for event_type, person, day in itertools.product((None, "sign-in"), people, (None, DAY)):
        chosen = HistoryFilter(event_type=event_type, person=person, starts_on=day, ends_on=day)
        await history.list_events(contract, chosen, wanted(history.EVENTS))
        async for event in history.all_events(contract, chosen):
            assert event.text


async def test_every_filter_of_the_audit_log_fits(database: str) -> None:
    for person, event_type, contract, day in itertools.product(
        ("", "owner"), ("", "sign-in"), ("", "D-1001"), (None, DAY)
    ):
        chosen = staff_audit.AuditFilter(person, event_type, contract, day, day)
        await staff_audit.list_events(chosen, wanted(staff_audit.EVENTS))
        async for link in staff_audit.list_links(chosen):
            assert link.number


def _listings() -> Iterator[tuple[str, Listing[Any]]]:
    for module in modules("app"):
        if module.path.name.endswith("queries.py"):
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, Listing):
                    yield f"{module.name}.{name}", value


def _scope(listing: Listing[Any]) -> Where:
    """Whose list it is, where the listing names that by $1."""
    own = "$1" in listing.columns + listing.tables + listing.shared + listing.beside
    return Where(args=[uuid7()] if own else [])


LISTINGS = dict(_listings())


@pytest.mark.parametrize("name", LISTINGS)
async def test_every_filter_and_order_of_a_list_fits(database: str, name: str) -> None:
    listing = LISTINGS[name]
    filters = [[(field, v) for v in ("", *values)] for field, values in listing.filters.items()]
    orders = [sign + order for order in listing.orders for sign in ("", "-")]
    turns = [{}, {"after": str(uuid7())}, {"before": str(uuid7())}]
    for search, order, turn in itertools.product(SEARCHES, orders, turns):
        await list_rows(
            listing, wanted(listing, search=search, order=order, **turn), _scope(listing)
        )
    for chosen in itertools.product(*filters):
        await list_rows(listing, wanted(listing, **dict(chosen)), _scope(listing))

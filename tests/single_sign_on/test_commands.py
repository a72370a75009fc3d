"""`portal single-sign-on`: turning it off where no one can sign in to do it on the page."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner

from app.database import close_pool, fetch, open_pool
from app.single_sign_on.commands import single_sign_on
from app.single_sign_on.rules import State
from app.web.http.asgi import App
from tests.conftest import Portal, Stage
from tests.people.post import user_id
from tests.single_sign_on.provider import Provider
from tests.single_sign_on.sides import connect_staff
from tests.single_sign_on.steps import PASSWORD, company_of, connect, recorded, sessions

T = TypeVar("T")
DOWN = Provider(issuer="https://id.example")
WHY = ("--reason", "The provider is down")


def command(*arguments: str) -> tuple[int, str]:
    """Exit code and output of `portal single-sign-on …`."""
    done = CliRunner().invoke(single_sign_on, list(arguments))
    return done.exit_code, done.output if done.exit_code else done.stdout


class Machine:
    """A portal on a database of its own, and a person at its command line."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run something on the database."""

        async def running() -> T:
            await open_pool(self.portal.dsn)
            try:
                return await work()
            finally:
                await close_pool()

        return asyncio.run(running())

    def require(self, state: State = State.REQUIRED) -> str:
        """Connect staff and the company of D-1001; answers the company's id."""

        async def work() -> str:
            await connect_staff(self.portal, DOWN, state=state)
            await connect(self.portal, DOWN, state=state)
            return str(await company_of())

        return self.run(work)

    def sign_in(self, code: str) -> int:
        """Sign in by password; answers how it went."""

        async def work() -> int:
            async with self.portal.anonymous() as visitor:
                data = {"code": code, "password": PASSWORD}
                return (await visitor.post("/login", data=data)).status_code

        return self.run(work)

    def states(self) -> list[str]:
        """The state of staff's connection, then that of the company's."""
        rows = self.run(
            lambda: fetch(
                "select state from single_sign_on_connection order by company nulls first"
            )
        )
        return [row["state"] for row in rows]


@pytest.fixture
def machine(app: App, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A portal that the settings name."""
    dsn = asyncio.run(stage.copy())
    monkeypatch.setenv("PORTAL_DATABASE_URL", dsn)
    monkeypatch.setenv("PORTAL_MIGRATE_URL", stage.owner_dsn(dsn))
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_SECRET_FILE", str(stage.settings.secret_file))
    return Machine(Portal(app, stage.settings, dsn))


def test_staff_without_exceptions_sign_in_again_while_their_provider_is_down(
    machine: Machine,
) -> None:
    machine.require()
    assert machine.sign_in("staff") == 422
    code, output = command("list")
    assert code == 0 and "staff  required  0 keep a password  example.org" in output
    code, output = command("stop-requiring", "staff", *WHY)
    assert code == 0 and "Passwords count again" in output
    assert machine.sign_in("staff") == 303
    assert machine.states() == ["offered", "required"], "the company's stays"
    assert machine.run(lambda: recorded("single-sign-on-state")) == [
        {"state": "offered", "reason": "The provider is down"}
    ]


def test_a_companys_is_turned_off_and_who_came_through_the_provider_is_signed_out(
    machine: Machine,
) -> None:
    company = machine.require(State.OFFERED)

    async def through_the_provider() -> None:
        async with await machine.portal.signed_in("owner"):
            await fetch(
                "insert into single_sign_on_identity"
                ' (id, connection, subject, "user", linked_at, last_used_at)'
                " select gen_random_uuid(), id, 's-1', $1, now(), now()"
                " from single_sign_on_connection where company is not null",
                await user_id("owner"),
            )
            await fetch("update session set by_provider = true")
            await fetch("update single_sign_on_connection set state = 'required'")

    machine.run(through_the_provider)
    assert machine.sign_in("owner") == 422 and machine.run(sessions) == 1
    code, output = command("turn-off", company.upper(), *WHY)
    assert code == 0, output
    assert machine.run(sessions) == 0
    assert machine.sign_in("owner") == 303
    assert machine.states() == ["required", "tested"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("stop-requiring", "staff"), "--reason"),
        (("stop-requiring", "staff", "--reason", " "), "Give a reason"),
        (("turn-off", "staff", "--reason", "x" * 501), "Give a reason"),
        (("turn-off", "nobody", *WHY), "There is no connection of nobody"),
        (("stop-requiring", "staff", *WHY), "it is tested now"),
        (("turn-off", "staff", *WHY), "it is tested now"),
    ],
    ids=["no-reason", "blank-reason", "long-reason", "unknown", "not-required", "off"],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    machine: Machine, arguments: tuple[str, ...], told: str
) -> None:
    machine.require(State.TESTED)
    code, output = command(*arguments)
    assert code in {1, 2} and told in output
    assert machine.states() == ["tested", "tested"], "neither can it turn it on"


def test_a_required_connection_without_a_domain_is_turned_off_only(machine: Machine) -> None:
    machine.require()
    machine.run(lambda: fetch("delete from single_sign_on_domain"))
    code, output = command("stop-requiring", "staff", *WHY)
    assert code == 1 and "Use `turn-off`" in output
    assert command("turn-off", "staff", *WHY)[0] == 0


def test_a_portal_without_connections_lists_none(machine: Machine) -> None:
    assert command("list") == (0, "")

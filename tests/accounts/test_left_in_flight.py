"""Forms whose rest comes after their session has ended: what counts is how it stands by then."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from app.database import fetch, fetch_value
from tests.accounts.test_ended_sessions import by_disabling, by_reset, from_other_device, user
from tests.accounts.test_parked_forms import FORM, NEW, expire
from tests.conftest import Portal

FORMS = "select count(*) from parked_form"
Event = Callable[[Portal, httpx.AsyncClient], Awaitable[None]]


async def expired(_: Portal, __: httpx.AsyncClient) -> None:
    await expire()


async def new_terms(_: Portal, __: httpx.AsyncClient) -> None:
    await fetch(
        "insert into terms_of_use (id, version, body_ja, body_en, published_at)"
        " select gen_random_uuid(), max(version) + 1, 'x', 'x', now() from terms_of_use"
    )


async def by_logging_out(_: Portal, __: httpx.AsyncClient) -> None:
    await fetch('delete from session where "user" = $1', await user())


async def by_sql(_: Portal, __: httpx.AsyncClient) -> None:
    await fetch("update portal_user set password_hash = 'x' where code = 'owner'")


@pytest.mark.parametrize(
    ("before", "meanwhile"),
    [
        (expired, by_reset),
        (from_other_device, by_disabling),
        (from_other_device, by_logging_out),
        (new_terms, by_reset),
        (new_terms, by_sql),
    ],
)
async def test_nothing_is_kept_of_a_browser_that_is_locked_out_while_it_sends(
    portal: Portal, owner: httpx.AsyncClient, before: Event, meanwhile: Event
) -> None:
    async with await portal.signed_in("owner") as other:
        await before(portal, other)

        async def slowly() -> AsyncIterator[bytes]:
            yield b"name=x&sort_"
            await meanwhile(portal, other)
            yield b"key=44"

        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await owner.post(NEW, content=slowly(), headers=headers)
    assert answer.status_code == 303
    assert await fetch_value(FORMS) == 0


@pytest.mark.parametrize("end", [by_reset, by_disabling])
async def test_locking_out_forgets_the_forms_of_sessions_that_were_ended_before(
    portal: Portal, owner: httpx.AsyncClient, end: Event
) -> None:
    """A form of a session that expired is the person's own, who may have forgotten the password."""
    async with await portal.signed_in("owner") as other:
        await from_other_device(portal, other)
        await owner.post(NEW, data=FORM)
        await expire()
        await other.post(NEW, data=FORM)
        assert await fetch_value(FORMS) == 2
        await end(portal, other)
    assert await fetch_value(FORMS) == 1

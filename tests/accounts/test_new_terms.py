"""A form that is sent just after new terms were published is kept, and offered afterwards."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.accounts.services import publish_terms_of_use
from app.database import fetch, fetch_value
from tests.accounts.test_parked_forms import FORM, NEW
from tests.conftest import Portal

ACCEPT = {"agree": "1", "version": "2"}


@pytest.fixture
async def new_terms(database: str) -> None:
    await publish_terms_of_use("# 新しい規約", "# New terms")


def next_of(location: str, path: str) -> str:
    parts = urlsplit(location)
    assert parts.path == path
    return parse_qs(parts.query)["next"][0]


@pytest.mark.usefixtures("new_terms")
async def test_it_is_offered_once_they_are_accepted(owner: httpx.AsyncClient) -> None:
    sent = await owner.post(NEW, data=FORM)
    parked = next_of(sent.headers["location"], "/terms")
    assert parked.startswith("/parked-forms/")
    assert f'value="{parked}"' in (await owner.get(sent.headers["location"])).text
    accepted = await owner.post("/terms", data={**ACCEPT, "next": parked})
    assert accepted.headers["location"] == parked
    assert f'action="{parked}"' in (await owner.get(parked)).text
    done = await owner.post(parked)
    assert "預けた環境" in (await owner.get(done.headers["location"])).text


@pytest.mark.usefixtures("new_terms")
async def test_it_waits_until_they_are(owner: httpx.AsyncClient) -> None:
    parked = next_of((await owner.post(NEW, data=FORM)).headers["location"], "/terms")
    early = await owner.post(parked)
    assert next_of(early.headers["location"], "/terms") == parked
    assert await fetch_value("select count(*) from parked_form") == 1, "it is still there"


@pytest.mark.usefixtures("new_terms")
async def test_htmx_is_sent_to_the_terms(owner: httpx.AsyncClient) -> None:
    sent = await owner.post(NEW, data=FORM, headers={"HX-Request": "true"})
    assert next_of(sent.headers["hx-redirect"], "/terms").startswith("/parked-forms/")


async def test_a_password_that_has_to_be_changed_keeps_the_form_too(
    owner: httpx.AsyncClient,
) -> None:
    await fetch("update portal_user set must_change_password = true where code = 'owner'")
    sent = await owner.post(NEW, data=FORM)
    assert next_of(sent.headers["location"], "/password").startswith("/parked-forms/")


@pytest.mark.usefixtures("new_terms")
@pytest.mark.parametrize(
    "path", ["/logout", "/language", "/terms", "/password", "/profile/password"]
)
async def test_nothing_is_kept_of_the_way_in_and_of_passwords(
    owner: httpx.AsyncClient, path: str
) -> None:
    await owner.post(path, data={"password": "secret", "current": "secret"})
    assert await fetch_value("select count(*) from parked_form") == 0


async def test_sending_the_forced_change_again_leads_on(portal: Portal) -> None:
    async with await portal.signed_in("owner") as client:
        again = await client.post("/password", data={"next": "/contracts"})
    assert again.headers["location"] == "/contracts"


@pytest.mark.usefixtures("new_terms")
async def test_what_needs_no_terms_is_done_at_once(owner: httpx.AsyncClient) -> None:
    """A page for everybody is answered, and an address that there is none of is told."""
    assert (await owner.post("/no-such-page")).status_code == 404
    assert (await owner.post("/email-addresses/mangled")).status_code == 404
    assert await fetch_value("select count(*) from parked_form") == 0

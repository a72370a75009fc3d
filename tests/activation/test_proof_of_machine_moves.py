"""A move to another machine takes a recent proof; the uploaded file waits meanwhile."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.accounts.factors import PASSWORD, add_app, code
from tests.accounts.test_proof import PROOF, let_the_proof_grow_old
from tests.activation.test_pages import confirm, issue, send
from tests.activation.world import Place, machine, place, upload
from tests.conftest import Portal


@pytest.fixture
async def here(portal: Portal, owner: httpx.AsyncClient) -> Place:
    """検証環境, activated."""
    found = await place(portal.settings)
    await issue(owner, found)
    return found


def next_of(answer: httpx.Response) -> str:
    parts = urlsplit(answer.headers["location"])
    assert answer.status_code == 303 and parts.path == PROOF
    return parse_qs(parts.query)["next"][0]


async def test_an_old_proof_is_asked_for_before_the_confirm_page(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await let_the_proof_grow_old()
    proposed = (await send(owner, here, upload(machine("B")))).headers["location"]
    assert next_of(await owner.get(proposed)) == proposed
    proved = await owner.post(PROOF, data={"password": PASSWORD, "next": proposed})
    assert proved.headers["location"] == proposed
    assert (await owner.get(proposed)).status_code == 200
    await owner.post(proposed)
    assert (await here.rows())[1]["moved"]


async def test_who_has_a_factor_proves_by_it(owner: httpx.AsyncClient, here: Place) -> None:
    secret = await add_app(owner)
    await let_the_proof_grow_old()
    proposed = (await send(owner, here, upload(machine("B")))).headers["location"]
    assert next_of(await owner.get(proposed)) == proposed
    refused = await owner.post(PROOF, data={"way": "password", "password": PASSWORD})
    assert refused.status_code == 422
    assert (await owner.post(PROOF, data={"code": code(secret)})).status_code == 303
    assert (await owner.get(proposed)).status_code == 200


async def test_nobody_gets_past_the_question(owner: httpx.AsyncClient, here: Place) -> None:
    """Neither by sending 決定 without looking, nor when the proof grows old on the page."""
    proposed = (await send(owner, here, upload(machine("B")))).headers["location"]
    assert (await owner.get(proposed)).status_code == 200
    await let_the_proof_grow_old()
    assert next_of(await owner.post(proposed)) == proposed
    assert len(await here.rows()) == 1
    htmx = await owner.post(proposed, headers={"HX-Request": "true"})
    assert htmx.headers["hx-redirect"].startswith(f"{PROOF}?next=%2Fconfirmations%2F")
    assert len(await here.rows()) == 1


async def test_the_same_machine_needs_none(owner: httpx.AsyncClient, here: Place) -> None:
    await let_the_proof_grow_old()
    page = await confirm(owner, await send(owner, here, upload(prev_seq=1)))
    assert page.status_code == 200 and len(await here.rows()) == 2

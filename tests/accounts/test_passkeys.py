"""Passkeys: challenges count once and for one person; what browsers never send changes nothing."""

import base64
import json

import httpx
import pytest

from app import clock
from app.database import fetch, fetch_value
from tests.accounts.factors import HOME
from tests.conftest import Portal


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def credential(challenge: str, **response: str) -> str:
    client_data = {
        "type": "webauthn.create",
        "challenge": challenge,
        "origin": "http://localhost:8000",
    }
    return json.dumps(
        {
            "id": encoded(b"id"),
            "rawId": encoded(b"id"),
            "type": "public-key",
            "response": {"clientDataJSON": encoded(json.dumps(client_data).encode()), **response},
        }
    )


MALFORMED = [
    "{}",
    "[]",
    "null",
    "not json",
    "[" * 100_000,
    '{"response": 1}',
    '{"response": {"clientDataJSON": "%%%"}}',
    json.dumps({"response": {"clientDataJSON": encoded(b"\xff")}}),
    credential("nothing that was asked"),
    credential(encoded(b"x" * 32), attestationObject=encoded(b"\xbf\xff\x00")),
]


@pytest.mark.parametrize("text", MALFORMED, ids=range(len(MALFORMED)))
async def test_what_is_no_passkey_is_refused(owner: httpx.AsyncClient, text: str) -> None:
    form = {"name": "鍵", "credential": text}
    answer = await owner.post(f"{HOME}/passkeys/new", data=form)
    assert answer.status_code == 422 and "パスキーを確認できませんでした。" in answer.text
    assert await fetch_value("select count(*) from passkey") == 0


@pytest.mark.parametrize(
    "attestation", [b"", b"\x00", b"\xa0", b"\xbf\xff\x00", b"\xa1cfmtdnone", b"\x9f" * 2000]
)
async def test_a_broken_answer_to_a_real_challenge_is_refused_and_uses_it_up(
    owner: httpx.AsyncClient, attestation: bytes
) -> None:
    options = (await owner.post(f"{HOME}/passkeys/challenges")).json()
    text = credential(options["challenge"], attestationObject=encoded(attestation))
    answer = await owner.post(f"{HOME}/passkeys/new", data={"name": "鍵", "credential": text})
    assert answer.status_code == 422
    assert await fetch_value("select count(*) from passkey_challenge") == 0


async def test_a_challenge_is_for_one_person_and_passes(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    asked = await owner.post(f"{HOME}/passkeys/challenges")
    options = asked.json()
    assert asked.headers["cache-control"] == "no-store"
    assert options["rp"]["id"] == "localhost" and len(options["challenge"]) >= 43
    text = credential(options["challenge"], attestationObject="")
    await member.post(f"{HOME}/passkeys/new", data={"name": "鍵", "credential": text})
    assert await fetch_value("select count(*) from passkey_challenge") == 1
    await fetch("update passkey_challenge set expires_at = $1", clock.now())
    await owner.post(f"{HOME}/passkeys/new", data={"name": "鍵", "credential": text})
    assert await fetch_value("select count(*) from passkey_challenge") == 1


async def test_a_passkey_has_a_name(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(f"{HOME}/passkeys/new", data={"name": "", "credential": "{}"})
    assert answer.status_code == 422 and 'href="#name"' in answer.text


async def test_without_javascript_the_page_names_the_other_way(owner: httpx.AsyncClient) -> None:
    here = await owner.get(f"{HOME}/passkeys/new")
    assert "http://localhost:8000/profile/second-factors/passkeys/new" in here.text


async def test_only_the_pages_of_passkeys_load_their_script(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    for path in ("/", HOME, "/profile/proof", f"{HOME}/authenticator-apps"):
        assert "passkeys." not in (await owner.get(path)).text, path
    assert "/static/passkeys." in (await owner.get(f"{HOME}/passkeys/new")).text
    assert "passkeys." not in (await portal.anonymous().get("/login")).text

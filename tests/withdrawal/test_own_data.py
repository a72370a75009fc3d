"""One's own data as a file: everything, readable, and no secret."""

import json

import httpx
import pytest

from app.database import fetch, fetch_one, fetch_value
from tests.conftest import Portal
from tests.conventions.sources import PROJECT
from tests.withdrawal.life import CHANGED, CODE, NAME, WAITING, Life


@pytest.fixture
async def life(portal: Portal, owner: httpx.AsyncClient, outsider: httpx.AsyncClient) -> Life:
    """Somebody whose data is everywhere."""
    life = Life(portal, owner, outsider)
    await life.live()
    return life


async def test_the_file_holds_what_the_portal_knows_of_the_person(life: Life) -> None:
    answer = await life.client.get("/profile/data")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="license-portal-data.json"'
    )
    assert answer.headers["cache-control"] == "no-store"
    assert NAME in answer.content.decode("utf-8"), "names are readable"
    data = answer.json()
    profile = data["profile"]
    assert (profile["user_code"], profile["name"], profile["email"]) == (CODE, NAME, CHANGED)
    assert data["email_waiting_for_confirmation"]["email"] == WAITING
    [membership] = data["memberships"]
    assert (membership["contract_number"], membership["role"]) == ("D-1001", "owner")
    assert [each["email"] for each in data["invitations_sent"]] == [
        "friend@example.com",
        "late@example.com",
    ]
    assert data["quote_requests"][0]["note"] == "至急"
    assert data["activations_issued"][0]["environment"] == "検証環境"
    assert data["second_factors"]["passkeys"][0]["name"] == f"{NAME}の鍵"
    assert data["second_factors"]["recovery_codes_left"] > 0
    assert data["terms_acceptances"] and data["sessions"] and data["known_browsers"]
    assert {"environment-creation"} <= {form["act"] for form in data["unfinished_forms"]}
    noted = {event["act"] for event in data["history"]}
    assert {"sign-in", "invitation", "activation-issue", "quote-request"} <= noted


async def test_no_secret_is_in_it(life: Life) -> None:
    text = (await life.client.get("/profile/data")).text
    secrets = await fetch(
        "select password_hash as secret from portal_user"
        " union all select encode(token_hash, 'hex') from session"
        " union all select encode(token_hash, 'hex') from device"
        " union all select encode(encrypted_secret, 'hex') from authenticator_app"
        " union all select encode(code_hash, 'hex') from recovery_code"
        " union all select encode(token_hash, 'hex') from invitation"
    )
    assert len(secrets) > 10
    assert not [row for row in secrets if row["secret"] in text]
    assert "hash" not in text and "$argon2" not in text


async def test_it_is_about_nobody_else(member: httpx.AsyncClient) -> None:
    text = (await member.get("/profile/data")).text
    assert "佐藤 美咲" in text
    for other in ("鈴木 一郎", "owner@example.com", "田中 誠", "D-2001"):
        assert other not in text


async def test_taking_it_away_is_noted_and_looking_at_its_head_is_not(
    member: httpx.AsyncClient,
) -> None:
    await member.head("/profile/data")
    assert (
        await fetch_value("select count(*) from audit_event where event_type like 'own-data%'") == 0
    )
    await member.get("/profile/data")
    noted = await fetch_one("select * from audit_event where event_type = 'own-data-download'")
    assert noted is not None and json.loads(noted["details"]) == {}


async def test_every_part_is_documented(member: httpx.AsyncClient) -> None:
    page = (PROJECT / "docs" / "formats" / "own-data.md").read_text("utf-8")
    data = (await member.get("/profile/data")).json()
    missing = [name for name in data if f"`{name}`" not in page]
    assert not missing

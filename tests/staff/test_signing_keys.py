"""Signing keys in the console: listed, rotated, signed elsewhere, put in force."""

import asyncio
import json

import httpx
import pytest

from app.activation.format.keysets import sign_keyset
from app.activation.format.roots import create_key, read_private_pem
from app.activation.signing_keys.files import ROOT_PRIVATE
from app.database import fetch_value
from tests.activation.world import audited, place, upload
from tests.conftest import Portal
from tests.staff.steps import confirmed, done, filled, message, proposed

LIST = "/staff/keys"


def _signed(portal: Portal, document: bytes) -> dict[str, tuple[str, bytes, str]]:
    root = read_private_pem((portal.settings.data_dir / "trust" / ROOT_PRIVATE).read_bytes(), None)
    return _file(sign_keyset(document, root).encode())


def _file(data: bytes) -> dict[str, tuple[str, bytes, str]]:
    return {"keyset": ("keyset.jwt", data, "application/octet-stream")}


async def _unsigned(staff: httpx.AsyncClient) -> bytes:
    page = await done(staff, f"{LIST}/rotation", {"days": "３０"})
    assert "署名鍵を作成しました" in message(page.text)
    answer = await staff.get(f"{LIST}/keysets/2")
    assert "attachment" in answer.headers["content-disposition"]
    return answer.content


async def test_a_new_key_signs_once_its_keyset_is_back(
    portal: Portal, staff: httpx.AsyncClient
) -> None:
    document = await _unsigned(staff)
    new = json.loads(document)["keys"][-1]["kid"]
    assert new in (await staff.get(LIST)).text
    here = await place(portal.settings)
    await here.answer(upload())
    answer = await staff.post(f"{LIST}/keysets", files=_signed(portal, document))
    confirmation = answer.headers["location"]
    assert new in (await staff.get(confirmation)).text
    answers = await asyncio.gather(*(staff.post(confirmation) for _ in range(3)))
    page = await staff.get(answers[0].headers["location"])
    assert "鍵セット2が有効" in message(page.text)
    await here.answer(upload())
    assert [row["kid"] == new for row in await here.rows()] == [False, True]
    assert (await staff.get(f"{LIST}/keysets/2")).status_code == 404, "it is signed"
    made = (await audited("signing-key-rotation"))[-1]
    imported = (await audited("keyset-import"))[-1]
    assert made["actor"] == imported["actor"] is not None


async def test_of_two_who_rotate_at_once_one_is_told(
    portal: Portal, staff: httpx.AsyncClient
) -> None:
    urls = [await proposed(staff, f"{LIST}/rotation", {}) for _ in range(2)]
    before = await fetch_value("select count(*) from signing_key")
    answers = await asyncio.gather(*(staff.post(url) for url in urls))
    assert await fetch_value("select count(*) from signing_key") == before + 1
    [told] = [a.headers["location"] for a in answers if "draft=" in a.headers["location"]]
    assert "変更しました" in message((await staff.get(told)).text)


async def test_a_stolen_key_is_named_no_more(staff: httpx.AsyncClient) -> None:
    stolen = await fetch_value("select kid from signing_key")
    form = await staff.get(f"{LIST}/rotation")
    url = (
        await staff.post(f"{LIST}/rotation", data={**filled(form.text), "dropped": stolen})
    ).headers["location"]
    assert stolen in (await staff.get(url)).text
    await confirmed(staff, url)
    document = (await staff.get(f"{LIST}/keysets/2")).json()
    named = [key["kid"] for key in document["keys"]]
    assert stolen not in named and len(named) == 1


async def test_a_key_that_the_keyset_does_not_name_cannot_be_dropped(
    staff: httpx.AsyncClient,
) -> None:
    answer = await staff.post(f"{LIST}/rotation", data={"days": "30", "dropped": "other"})
    assert answer.status_code == 422 and "鍵セットにもうないもの" in message(answer.text)


@pytest.mark.parametrize("data", [b"", b"x", b"\xff\x00", b"a.b.c", b"x" * 100_000])
async def test_what_is_no_signed_keyset_is_told(staff: httpx.AsyncClient, data: bytes) -> None:
    answer = await staff.post(f"{LIST}/keysets", files=_file(data))
    assert answer.status_code == 422 and message(answer.text)


async def test_a_keyset_of_another_root_or_an_old_one_is_refused(
    portal: Portal, staff: httpx.AsyncClient
) -> None:
    document = await _unsigned(staff)
    strange = _file(sign_keyset(document, create_key()).encode())
    answer = await staff.post(f"{LIST}/keysets", files=strange)
    assert answer.status_code == 422 and "ルート" in message(answer.text)
    urls = [
        (await staff.post(f"{LIST}/keysets", files=_signed(portal, document))).headers["location"]
        for _ in range(2)
    ]
    await confirmed(staff, urls[0])
    page = await staff.get((await staff.post(urls[1])).headers["location"])
    assert message(page.text) and page.url.path == LIST
    assert len(await audited("keyset-import")) == 2


@pytest.mark.parametrize("days", ["0", "3651", "x", "9" * 40])
async def test_a_wrong_number_of_days_is_told(staff: httpx.AsyncClient, days: str) -> None:
    answer = await staff.post(f"{LIST}/rotation", data={"days": days})
    assert answer.status_code == 422


async def test_only_administrators_change_keys(clerk: httpx.AsyncClient) -> None:
    html = (await clerk.get(LIST)).text
    assert "/rotation" not in html and "jwks.json" in html
    assert (await clerk.get(f"{LIST}/rotation")).status_code == 404

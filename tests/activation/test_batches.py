"""まとめてアクティベート: many request files, answered in one change or not at all."""

import asyncio
import base64
import hashlib
import io
import json
import re
import zipfile
from uuid import UUID

import httpx
import pytest

from app.activation.format.jws import decode
from app.database import fetch, fetch_value
from tests.activation.world import (
    Place,
    admin_dsn,
    another,
    audited,
    end_contract,
    machine,
    place,
    upload,
)
from tests.conftest import Portal, Stage
from tests.pages import elements

URL = "/contracts/D-1001/activation-batches"


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境: PLATFORM 1, WORKFLOW 20, never activated."""
    return await place(portal.settings)


def system(name: str, **changes: object) -> bytes:
    """A request of a system of its own."""
    return upload(machine(name), system={"name": name, "host": "h", "os": "Linux"}, **changes)


async def send(client: httpx.AsyncClient, *contents: bytes) -> httpx.Response:
    files = [("requests", ("activation-request.jwt", data)) for data in contents]
    return await client.post(URL, files=files)


async def choose(client: httpx.AsyncClient, sent: httpx.Response, **typed: str) -> httpx.Response:
    """Choose every line that can be chosen, with the environments as typed: 環境 by number."""
    assert sent.status_code == 303, sent.text
    address = sent.headers["location"]
    html = (await client.get(address)).text
    shown = {
        str(attrs["name"]): str(attrs["value"])
        for tag, attrs in elements(html)
        if tag == "input" and str(attrs.get("name")).startswith("environment-")
    }
    fields = {
        "draft": address.rsplit("=", 1)[1],
        **shown,
        "take": [
            str(attrs["value"])
            for tag, attrs in elements(html)
            if tag == "input" and attrs.get("name") == "take"
        ],
        **{name.replace("_", "-"): value for name, value in typed.items()},
    }
    return await client.post(f"{URL}/choice", data=fields)


async def confirm(client: httpx.AsyncClient, proposed: httpx.Response) -> httpx.Response:
    assert proposed.status_code == 303, proposed.text
    return await client.post(proposed.headers["location"])


async def issued() -> list[tuple[str, int]]:
    rows = await fetch(
        "select e.name, a.seq from activation a join environment e on e.id = a.environment"
        " where a.batch is not null order by e.name"
    )
    return [(row["name"], row["seq"]) for row in rows]


async def test_files_of_several_systems_become_one_archive(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await another(here, "別の環境")
    sent = await send(owner, system("a"), system("別の環境"))
    page = (await owner.get(sent.headers["location"])).text
    assert "activation-request (2).jwt" in page and 'value="別の環境"' in page
    proposed = await choose(owner, sent, environment_0="検証環境", environment_1="別の環境")
    assert "検証環境 – a" in (await owner.get(proposed.headers["location"])).text
    done = await confirm(owner, proposed)
    assert await issued() == [("別の環境", 1), ("検証環境", 1)]
    shown = (await owner.get(done.headers["location"])).text
    assert "2件のシステムをアクティベートしました。" in shown
    place_of = done.headers["location"].partition("?")[0]
    first = await owner.get(f"{place_of}/file")
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        names = archive.namelist()
        contents = {name: archive.read(name) for name in names}
    assert names == [
        "activation-D-1001-検証環境-1.jwt",
        "activation-D-1001-別の環境-1.jwt",
        "manifest.jwt",
    ]
    assert contents[names[0]].decode().strip() == (await here.rows())[0]["file"]
    assert [bool(row["downloaded_at"]) for row in await here.rows()] == [True]
    noted = len(await audited("activation-download"))
    assert (await owner.get(f"{place_of}/file")).content == first.content
    assert len(await audited("activation-download")) == noted


async def test_the_manifest_names_each_file_and_is_signed_by_a_key_of_its_keyset(
    owner: httpx.AsyncClient, here: Place
) -> None:
    done = await confirm(owner, await choose(owner, await send(owner, system("検証環境"))))
    answer = await owner.get(f"{done.headers['location'].partition('?')[0]}/file")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        jws = decode(archive.read("manifest.jwt"))
        file = archive.read("activation-D-1001-検証環境-1.jwt")
    assert jws.header["typ"] == "activation-manifest+jwt"
    assert jws.payload["contract"] == {"number": "D-1001"}
    [named] = jws.payload["files"]
    assert named["sha256"] == hashlib.sha256(file).hexdigest()
    assert (named["sub"], named["seq"]) == (str(here.environment), 1)
    keyset = json.loads(base64.urlsafe_b64decode(jws.payload["keyset"].split(".")[1] + "=="))
    assert jws.header["kid"] in {key["kid"] for key in keyset["keys"]}


async def test_a_system_that_was_activated_before_is_recognised_by_its_key(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await here.answer(system("a"))
    sent = await send(owner, system("a", prev_seq=1))
    page = (await owner.get(sent.headers["location"])).text
    assert 'name="environment-0"' not in page and "前回と同じ製品" in page
    await confirm(owner, await choose(owner, sent))
    assert await issued() == [("検証環境", 2)]


async def test_a_return_file_is_answered_with_the_others(
    owner: httpx.AsyncClient, here: Place
) -> None:
    other = await another(here)
    await here.answer(system("a"))
    sent = await send(owner, system("a", purpose="return", prev_seq=1), system("別の環境"))
    done = await confirm(owner, await choose(owner, sent))
    assert await issued() == [("別の環境", 1)]
    assert (await here.rows())[0]["end_reason"] == "returned"
    assert len(await other.rows()) == 1
    assert (
        "1件のアクティベーションを返却しました。"
        in (await owner.get(done.headers["location"])).text
    )


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "環境名を入力するか"),
        ({"environment_0": "ない環境"}, "この名前の環境は"),
        (
            {"environment_0": "検証環境", "environment_1": "検証環境"},
            "同じ環境のファイルがほかにも",
        ),
    ],
)
async def test_a_line_without_an_environment_of_its_own_is_refused_with_what_was_typed(
    owner: httpx.AsyncClient, here: Place, typed: dict[str, str], message: str
) -> None:
    answer = await choose(owner, await send(owner, system("a"), system("b")), **typed)
    assert answer.status_code == 422 and message in answer.text
    assert all(f'value="{each}"' in answer.text for each in typed.values())
    assert await issued() == []


async def test_a_line_that_is_left_out_stands_in_nobodys_way(
    owner: httpx.AsyncClient, here: Place
) -> None:
    sent = await send(owner, system("a"), system("b"), b"no request")
    draft = sent.headers["location"].rsplit("=", 1)[1]
    proposed = await owner.post(
        f"{URL}/choice", data={"draft": draft, "take": "1", "environment-1": "検証環境"}
    )
    await confirm(owner, proposed)
    assert await issued() == [("検証環境", 1)]


async def test_one_file_twice_is_refused(owner: httpx.AsyncClient, here: Place) -> None:
    await another(here)
    data = system("a")
    typed = {"environment_0": "検証環境", "environment_1": "別の環境"}
    answer = await choose(owner, await send(owner, data, data), **typed)
    assert answer.status_code == 422 and "ほかのファイルと同じリクエストです" in answer.text


async def test_all_of_the_files_are_answered_or_none(owner: httpx.AsyncClient, here: Place) -> None:
    other = await another(here)
    sent = await send(owner, system("検証環境"), system("別の環境"))
    proposed = await choose(owner, sent)
    await other.allocate(PLATFORM=0)
    refused = await confirm(owner, proposed)
    page = (await owner.get(refused.headers["location"])).text
    assert "処理できないファイルがあります" in page
    assert await issued() == [] and await here.rows() == []


async def test_a_chosen_line_that_can_no_longer_be_answered_is_not_left_out_silently(
    owner: httpx.AsyncClient, here: Place
) -> None:
    other = await another(here)
    sent = await send(owner, system("検証環境"), system("別の環境"))
    page = (await owner.get(sent.headers["location"])).text
    assert page.count('name="take"') == 2
    await other.allocate(PLATFORM=0)
    fields = {
        "draft": sent.headers["location"].rsplit("=", 1)[1],
        "take": ["0", "1"],
        "environment-0": "検証環境",
        "environment-1": "別の環境",
    }
    answer = await owner.post(f"{URL}/choice", data=fields)
    assert answer.status_code == 422 and "製品が割り当てられていません" in answer.text


async def test_the_same_confirmation_fifty_times_issues_each_file_once(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await another(here)
    proposed = await choose(owner, await send(owner, system("検証環境"), system("別の環境")))
    answers = await asyncio.gather(*(confirm(owner, proposed) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await issued() == [("別の環境", 1), ("検証環境", 1)]


async def test_batches_that_share_files_and_environments_never_wait_for_each_other_forever(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await another(here)
    one, two = system("検証環境"), system("別の環境")
    proposals = [
        await choose(owner, await send(owner, *files)) for files in [(one, two), (two, one)] * 4
    ]
    await asyncio.gather(*(confirm(owner, proposed) for proposed in proposals))
    assert await issued() == [("別の環境", 1), ("検証環境", 1)]


async def test_a_move_takes_a_recent_proof(owner: httpx.AsyncClient, here: Place) -> None:
    await here.answer(system("a"))
    proposed = await choose(owner, await send(owner, system("検証環境")))
    await fetch("update session set proved_at = proved_at - interval '1 hour'")
    asked = await owner.get(proposed.headers["location"])
    assert asked.status_code == 303 and "/proof" in asked.headers["location"]


async def test_an_upload_that_cannot_be_read_says_why(owner: httpx.AsyncClient) -> None:
    nothing = await owner.post(URL, files={"requests": ("", b"")})
    assert nothing.status_code == 422 and "リクエストファイルを選んでください" in nothing.text
    broken = await send(owner, b"PK\x03\x04 broken")
    assert broken.status_code == 422 and "壊れている" in broken.text
    large = await send(owner, bytes(6 * 1024 * 1024))
    assert large.status_code == 422 and "5 MiB" in large.text


@pytest.mark.parametrize("who", ["member", "outsider", "staff"])
async def test_only_owners_of_the_contract_find_a_batch(
    portal: Portal, owner: httpx.AsyncClient, here: Place, who: str
) -> None:
    done = await confirm(owner, await choose(owner, await send(owner, system("検証環境"))))
    batch = done.headers["location"].partition("?")[0]
    async with await portal.signed_in(who) as other:
        for path in (URL, batch, f"{batch}/file"):
            assert (await other.get(path)).status_code == 404, path
    assert (await here.rows())[0]["downloaded_at"] is None


async def test_a_batch_of_another_contract_is_not_found(
    owner: httpx.AsyncClient, here: Place
) -> None:
    done = await confirm(owner, await choose(owner, await send(owner, system("検証環境"))))
    batch = UUID(re.findall(r"[0-9a-f-]{36}", done.headers["location"])[0])
    number = await fetch_value(
        "select c.number from contract c join membership m on m.contract = c.id"
        " join portal_user u on u.id = m.\"user\" where u.code = 'owner'"
        " and c.number <> 'D-1001' limit 1"
    )
    answer = await owner.get(f"/contracts/{number}/activation-batches/{batch}")
    assert answer.status_code == 404


async def test_files_of_an_ended_contract_can_still_be_downloaded(
    owner: httpx.AsyncClient, here: Place, stage: Stage, database: str
) -> None:
    done = await confirm(owner, await choose(owner, await send(owner, system("検証環境"))))
    await end_contract(admin_dsn(stage, database))
    assert (await owner.get(URL)).status_code == 404
    batch = done.headers["location"].partition("?")[0]
    assert (await owner.get(f"{batch}/file")).status_code == 200

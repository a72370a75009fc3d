"""Emergency files: as many as the contract says, and what systems report of their use."""

import asyncio
import json
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from app import clock
from app.activation.emergencies.queries import list_reports, read_standby
from app.activation.emergencies.rules import EmergencyOutcome, EmergencyState
from app.activation.emergencies.services import EmergencyRefused, make_file
from app.activation.format.jws import decode, is_signed_by
from app.activation.format.keysets import Keyset, read_signed_keyset
from app.activation.signing_keys.files import read_trusted_roots
from app.database import fetch, fetch_value, uuid7
from app.environments.services import retire_environment
from licensed_system import emergency_acts, system
from licensed_system.store import Store
from tests.activation.test_signing_keys import rotate
from tests.activation.world import (
    Place,
    admin_dsn,
    another,
    audited,
    end_contract,
    force,
    machine,
    place,
    upload,
)
from tests.conftest import Portal, Stage
from tests.licensed_system.plant import MACHINE
from tests.pages import elements

URL = "/contracts/D-1001/environments/{}/emergency-files"


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境: PLATFORM 1, WORKFLOW 20, never activated."""
    return await place(portal.settings)


async def make(here: Place, slot: int = 1) -> str:
    id = await make_file(here.settings, here.contract, here.environment, slot, here.actor)
    jti: str = await fetch_value("select jti from emergency_file where id = $1", id)
    return jti


async def refusal(here: Place, slot: int = 1) -> EmergencyOutcome:
    with pytest.raises(EmergencyRefused) as refused:
        await make(here, slot)
    return refused.value.outcome


async def states(here: Place) -> list[EmergencyState]:
    standby = await read_standby(here.contract, here.environment, clock.now())
    return [standby.state(each) for each in standby.files]


def used(jti: str, **changes: Any) -> list[dict[str, Any]]:
    return [{"jti": jti, "first_used_at": 1_800_000_000, "days_used": 3} | changes]


async def confirm(client: httpx.AsyncClient, here: Place, slot: int = 1) -> httpx.Response:
    proposed = await client.post(URL.format(here.environment), data={"slot": str(slot)})
    assert proposed.status_code == 303, proposed.text
    return await client.post(proposed.headers["location"])


async def test_an_owner_makes_and_downloads_a_file(owner: httpx.AsyncClient, here: Place) -> None:
    page = (await owner.get(URL.format(here.environment))).text
    assert "緊急用" in page and "2件中0件" in page
    proposed = await owner.post(URL.format(here.environment), data={"slot": "1"})
    statement = (await owner.get(proposed.headers["location"])).text
    assert "14日後まで" in statement and "(WORKFLOW)" in statement
    done = await owner.post(proposed.headers["location"])
    shown = (await owner.get(done.headers["location"])).text
    [link] = [
        str(attrs["href"])
        for tag, attrs in elements(shown)
        if tag == "a" and str(attrs.get("href")).endswith("/file")
    ]
    first = await owner.get(link)
    assert first.headers["content-disposition"].count("emergency-D-1001-")
    assert (await owner.get(link)).content == first.content
    claims = decode(first.content).payload
    assert claims["emergency_days"] == 14 and claims["slot"] == 1
    assert not {"nonce", "cnf", "fp", "seq"} & claims.keys()
    assert [(p["code"], p["quantity"]) for p in claims["products"]] == [
        ("PLATFORM", 1),
        ("WORKFLOW", 20),
    ]
    assert len(await audited("emergency-file")) == len(await audited("emergency-download")) == 1


async def test_the_file_is_signed_by_a_key_that_the_root_vouches_for(here: Place) -> None:
    await make(here)
    text = await fetch_value("select file from emergency_file")
    jws = decode(text.encode())
    assert jws.header["typ"] == "emergency-activation+jwt"
    roots = read_trusted_roots(here.settings.trusted_roots)
    keyset = read_signed_keyset(jws.payload["keyset"].encode(), roots)
    assert isinstance(keyset, Keyset)
    [signer] = [each.public_key for each in keyset.keys if each.kid == jws.header["kid"]]
    assert is_signed_by(jws, signer)


async def test_there_are_never_more_files_than_the_contract_allows(here: Place) -> None:
    slots = [1 + at % 5 for at in range(50)]
    results = await asyncio.gather(*(make(here, slot) for slot in slots), return_exceptions=True)
    made = [each for each in results if isinstance(each, str)]
    assert len(made) == 2
    assert all(isinstance(each, str | EmergencyRefused) for each in results)
    assert await fetch_value("select count(*) from emergency_file") == 2


async def test_the_database_refuses_a_file_too_many(here: Place) -> None:
    await make(here)
    copied = (
        "insert into emergency_file (id, environment, slot, jti, kid, file, issued_at, expires_at)"
        " select $1, environment, $2, $3, kid, file, issued_at, expires_at from emergency_file"
        " limit 1"
    )
    with pytest.raises(asyncpg.CheckViolationError, match="may have 2"):
        await fetch(copied, uuid7(), 3, "third")
    with pytest.raises(asyncpg.CheckViolationError, match="no activation since"):
        await fetch(copied, uuid7(), 1, "again")
    await fetch("update emergency_file set replaced_at = now()")
    with pytest.raises(asyncpg.CheckViolationError, match="no activation since"):
        await fetch(copied, uuid7(), 1, "again")


async def test_a_ready_file_is_not_made_again(here: Place) -> None:
    await make(here)
    await here.answer(upload())
    assert await refusal(here) is EmergencyOutcome.STILL_READY


async def test_an_out_of_date_file_is_made_again_after_the_next_activation(here: Place) -> None:
    await make(here)
    await here.allocate(WORKFLOW=5)
    assert await states(here) == [EmergencyState.OUT_OF_DATE]
    assert await refusal(here) is EmergencyOutcome.ACTIVATE_FIRST
    await here.answer(upload())
    await make(here)
    assert await states(here) == [EmergencyState.READY]
    assert await fetch_value("select count(*) from emergency_file where replaced_at is null") == 1


async def test_a_file_of_a_key_that_is_named_no_more_is_out_of_date(here: Place) -> None:
    await make(here)
    kept = await rotate(here.settings)
    assert await states(here) == [EmergencyState.READY]
    kid = await fetch_value("select kid from emergency_file")
    assert kid in {key.kid for key in kept.keys}
    await rotate(here.settings, kid)
    assert await states(here) == [EmergencyState.OUT_OF_DATE]
    await here.answer(upload())
    await make(here)
    assert await states(here) == [EmergencyState.READY]


async def test_a_use_is_shown_recorded_and_mailed_and_frees_the_place(
    owner: httpx.AsyncClient, here: Place
) -> None:
    jti = await make(here)
    await make(here, 2)
    before = await fetch_value("select count(*) from mail")
    await here.answer(upload(emergencies=used(jti)))
    [report] = await list_reports(here.environment)
    assert (report.system_name, report.days_used) == ("設備管理サーバ", 3) or report.system_name
    assert await states(here) == [EmergencyState.USED, EmergencyState.READY]
    details = json.loads((await audited("emergency-use"))[0]["details"])
    assert details["slot"] == 1 and details["days_used"] == 3
    assert await fetch_value("select count(*) from mail") > before
    assert "使用済み" in (await owner.get(URL.format(here.environment))).text
    await confirm(owner, here)
    assert await states(here) == [EmergencyState.READY, EmergencyState.READY]
    assert len(await list_reports(here.environment)) == 1


async def test_the_same_report_again_is_noted_once_and_its_days_grow(here: Place) -> None:
    jti = await make(here)
    await here.answer(upload(emergencies=used(jti, days_used=5)))
    await here.answer(upload(emergencies=used(jti, days_used=9), prev_seq=1))
    await here.answer(upload(emergencies=used(jti, days_used=2), prev_seq=2))
    assert [each.days_used for each in await list_reports(here.environment)] == [9]
    assert len(await audited("emergency-use")) == 1


async def test_a_copy_that_was_used_on_a_second_system_is_shown_too(here: Place) -> None:
    jti = await make(here)
    other = await another(here)
    await here.answer(upload(emergencies=used(jti)))
    await other.answer(upload(machine("copy"), emergencies=used(jti)))
    assert [each.environment for each in await list_reports(here.environment)] == [
        "別の環境",
        "検証環境",
    ]


async def test_a_refused_request_reports_nothing(here: Place) -> None:
    jti = await make(here)
    await here.allocate(PLATFORM=0, WORKFLOW=0)
    with pytest.raises(Exception, match="nothing-allocated"):
        await here.answer(upload(emergencies=used(jti)))
    assert await list_reports(here.environment) == []


@pytest.mark.parametrize(
    "reported",
    [
        "x",
        [{"jti": "a", "first_used_at": 1}],
        [{"jti": "a", "first_used_at": 1, "days_used": 15}],
        [{"jti": "a", "first_used_at": 2**53, "days_used": 1}],
        used("a") + used("a"),
        [use for at in range(21) for use in used(str(at))],
    ],
    ids=["text", "no-days", "days", "time", "twice", "many"],
)
async def test_a_report_out_of_bounds_is_refused(here: Place, reported: object) -> None:
    with pytest.raises(Exception, match="claim"):
        await here.answer(upload(emergencies=reported))


async def test_unknown_files_are_left_out(here: Place) -> None:
    assert (await here.answer(upload(emergencies=used("unknown")))).seq == 1
    assert await audited("emergency-use") == []


async def test_an_ended_contract_and_a_retired_environment_get_none(
    portal: Portal, stage: Stage, owner: httpx.AsyncClient, here: Place
) -> None:
    other = await another(here)
    await retire_environment(
        contract=here.contract.id, environment=other.environment, actor=here.actor
    )
    assert (await owner.get(URL.format(other.environment))).status_code == 200
    answer = await owner.post(URL.format(other.environment), data={"slot": "1"})
    assert answer.status_code == 404
    await end_contract(admin_dsn(stage, portal.dsn))
    assert (await owner.get(URL.format(here.environment))).status_code == 200
    answer = await owner.post(URL.format(here.environment), data={"slot": "1"})
    assert answer.status_code == 404


async def test_members_and_outsiders_see_nothing(
    member: httpx.AsyncClient, outsider: httpx.AsyncClient, here: Place
) -> None:
    await make(here)
    id = await fetch_value("select id from emergency_file")
    for client in (member, outsider):
        for path in ("", f"/{id}/file"):
            answer = await client.get(URL.format(here.environment) + path)
            assert answer.status_code == 404
        answer = await client.post(URL.format(here.environment), data={"slot": "1"})
        assert answer.status_code == 404


async def test_a_lowered_number_counts_the_files_that_are_there(
    portal: Portal, stage: Stage, here: Place
) -> None:
    await make(here)
    await make(here, 2)
    dsn = admin_dsn(stage, portal.dsn)
    await force(dsn, "update contract set emergency_files = 1 where number = 'D-1001'")
    await here.allocate(WORKFLOW=5)
    await here.answer(upload())
    assert await refusal(here) is EmergencyOutcome.LIMIT_REACHED


async def test_a_slot_that_is_none_is_refused_in_words(
    owner: httpx.AsyncClient, here: Place
) -> None:
    for slot in ("", "0", "9", "x", "1" * 40):
        answer = await owner.post(URL.format(here.environment), data={"slot": slot})
        assert answer.status_code == 422 and "ご契約で作成できる数" in answer.text, slot


async def test_a_system_runs_on_a_file_of_the_portal_and_its_request_reports_it(
    here: Place, tmp_path: Path
) -> None:
    await make(here)
    file = (await fetch_value("select file from emergency_file")).encode() + b"\n"
    store = Store(tmp_path / "plant")
    trust = b"".join(path.read_bytes() for path in here.settings.trusted_roots.glob("*.pem"))
    system.initialise(store, "製造ライン1", {"PLATFORM": "5.0"}, trust, clock.now())
    emergency_acts.use(store, file, MACHINE, clock.now())
    report = system.current_status(store, MACHINE, clock.now())
    assert report.status.standing == "licensed"
    request = system.make_request(store, MACHINE, clock.now())
    await here.answer(request.file.encode())
    [use] = await list_reports(here.environment)
    assert (use.system_name, use.host, use.days_used) == ("製造ライン1", "plant-1", 1)
    activation = (await here.rows())[0]["file"].encode() + b"\n"
    system.apply(store, activation, MACHINE, clock.now())
    assert system.current_status(store, MACHINE, clock.now()).emergency is None


async def test_the_page_names_the_file_that_can_be_used_and_the_one_that_was(
    owner: httpx.AsyncClient, here: Place
) -> None:
    jtis = [await make(here), await make(here, 2)]
    page = (await owner.get(URL.format(here.environment))).text
    assert "emergency-D-1001-検証環境-1.jwt" in page
    await here.answer(upload(emergencies=used(jtis[0])))
    page = (await owner.get(URL.format(here.environment))).text
    assert "emergency-D-1001-検証環境-2.jwt" in page, "the first one is used"
    assert "emergency-D-1001-検証環境-1.jwt" not in page
    assert '<td data-label="緊急用ファイル">1</td>' in page
    await here.answer(upload(emergencies=used(jtis[1]), prev_seq=1))
    page = (await owner.get(URL.format(here.environment))).text
    assert "システムでの操作" not in page, "there is nothing to copy"


async def test_staff_see_which_system_used_a_file(portal: Portal, here: Place) -> None:
    jti = await make(here)
    system_claim = {"name": "夜間の設備", "host": "plant-9", "os": "Linux"}
    await here.answer(upload(emergencies=used(jti), system=system_claim))
    async with await portal.signed_in("clerk") as client:
        page = (await client.get("/staff/contracts/D-1001")).text
    assert "緊急用ファイルの使用: 1件" in page and "夜間の設備" in page and "plant-9" in page

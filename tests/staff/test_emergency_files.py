"""Emergency files in the console: who made one, and which system used it, when and where."""

import re

import httpx
import pytest

from app import clock
from app.activation.emergencies.services import make_file
from app.database import fetch, fetch_value
from tests.activation.test_emergency_files import used
from tests.activation.world import Place, another, machine, place, upload
from tests.conftest import Portal
from tests.conventions.test_queries import MOST, queries

CONTRACT = "/staff/contracts/D-1001"
SYSTEM = {"name": "夜間の設備", "host": "plant-9", "os": "Linux"}


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境, never activated."""
    return await place(portal.settings)


async def make(here: Place, slot: int = 1) -> str:
    id = await make_file(here.settings, here.contract, here.environment, slot, here.actor)
    jti: str = await fetch_value("select jti from emergency_file where id = $1", id)
    return jti


def card(html: str) -> str:
    """The text of the card about emergency files; empty where there is none."""
    found = re.search(r'aria-labelledby="emergency-files".*?</section>', html, re.DOTALL)
    return found[0] if found else ""


async def test_a_contract_without_files_has_no_card(clerk: httpx.AsyncClient, here: Place) -> None:
    assert card((await clerk.get(CONTRACT)).text) == ""


async def test_the_contract_shows_each_file_with_who_made_it(
    clerk: httpx.AsyncClient, here: Place
) -> None:
    await make(here)
    shown = card((await clerk.get(CONTRACT)).text)
    owner = await fetch_value("select name from portal_user where id = $1", here.actor)
    assert "検証環境 1" in shown and owner in shown
    assert "未使用" in shown and "未ダウンロード" in shown


async def test_a_use_names_system_host_time_days_and_the_request_that_reported_it(
    clerk: httpx.AsyncClient, here: Place
) -> None:
    jti = await make(here)
    other = await another(here)
    first = int(clock.now().timestamp()) - 3 * 86_400
    await here.answer(upload(emergencies=used(jti, first_used_at=first), system=SYSTEM))
    copy = upload(machine("copy"), emergencies=used(jti, days_used=9))
    await other.answer(copy)
    answers = (await here.rows())[0], (await other.rows())[0]
    for url in (CONTRACT, f"/staff/activations/{answers[0]['id']}"):
        shown = card((await clerk.get(url)).text)
        assert "使用済み" in shown and "夜間の設備" in shown and "plant-9" in shown
        assert "3日" in shown and "9日" in shown
        for answer in answers:
            assert f"/staff/activations/{answer['id']}" in shown, "the request that reported it"
    assert card((await clerk.get(f"/staff/activations/{answers[1]['id']}")).text) == ""


async def test_a_use_that_a_return_reported_leads_to_what_was_given_back(
    clerk: httpx.AsyncClient, here: Place
) -> None:
    jti = await make(here)
    await here.answer(upload())
    back = upload(purpose="return", prev_seq=1, emergencies=used(jti))
    assert (await here.answer(back)).ended
    [row] = await here.rows()
    assert f"/staff/activations/{row['id']}" in card((await clerk.get(CONTRACT)).text)


async def test_a_replaced_file_and_its_use_stay_on_the_page(
    clerk: httpx.AsyncClient, here: Place
) -> None:
    jti = await make(here)
    await here.answer(upload(emergencies=used(jti), system=SYSTEM))
    await make(here)
    shown = card((await clerk.get(CONTRACT)).text)
    assert shown.count("検証環境 1") == 2 and "検証環境 アクティベーション1" in shown
    assert "差し替え済み" in shown and "夜間の設備" in shown


async def test_the_file_itself_is_not_shown_to_staff(clerk: httpx.AsyncClient, here: Place) -> None:
    await make(here)
    file = await fetch_value("select file from emergency_file")
    assert file not in (await clerk.get(CONTRACT)).text


async def test_customers_get_neither_page(
    member: httpx.AsyncClient, outsider: httpx.AsyncClient, owner: httpx.AsyncClient, here: Place
) -> None:
    await here.answer(upload())
    [row] = await here.rows()
    for client in (member, outsider, owner):
        for url in (CONTRACT, f"/staff/activations/{row['id']}"):
            assert (await client.get(url)).status_code == 404


async def test_the_pages_need_no_query_more_for_many_files(
    clerk: httpx.AsyncClient, here: Place
) -> None:
    await here.answer(upload())
    [row] = await here.rows()
    pages = (CONTRACT, f"/staff/activations/{row['id']}")
    few = [len(await queries(clerk, url)) for url in pages]
    jtis = [await make(here), await make(here, 2)]
    uses = [use for jti in jtis for use in used(jti)]
    await here.answer(upload(emergencies=uses, prev_seq=1))
    assert [len(await queries(clerk, url)) for url in pages] == few
    assert max(few) <= MOST


async def test_the_owner_reads_the_use_in_the_history_of_the_contract(
    owner: httpx.AsyncClient, here: Place
) -> None:
    jti = await make(here)
    await here.answer(upload(emergencies=used(jti), system=SYSTEM))
    page = (await owner.get("/contracts/D-1001/history")).text
    assert "「夜間の設備」" in page and "緊急用ファイル1" in page


async def test_a_use_is_recorded_once_for_each_system(here: Place) -> None:
    jti = await make(here)
    await here.answer(upload(emergencies=used(jti)))
    await here.answer(upload(emergencies=used(jti), prev_seq=1))
    assert len(await fetch("select 1 from audit_event where event_type = 'emergency-use'")) == 1

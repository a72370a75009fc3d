"""Activating as one guided flow: every page says where it stands and what comes next."""

import re

import httpx
import pytest

from app.environments.services import retire_environment
from tests.activation.test_pages import confirm, issue, send
from tests.activation.world import Place, admin_dsn, end_contract, machine, place, upload
from tests.conftest import Portal, Stage
from tests.pages import elements, steps

FLOW = ["システムで依頼", "登録", "確認", "ダウンロード", "システムで適用"]
NOTHING = "まだアクティベートできません"


@pytest.fixture
async def here(portal: Portal) -> Place:
    """検証環境: PLATFORM 1, WORKFLOW 20, never activated."""
    return await place(portal.settings)


def primary(html: str) -> list[str]:
    """What the one most important control leads to; an empty string for a form's button."""
    return [
        attrs.get("href") or ""
        for tag, attrs in elements(html)
        if "primary" in (attrs.get("class") or "").split()
    ]


async def test_every_page_says_which_of_the_five_steps_it_is(
    owner: httpx.AsyncClient, here: Place
) -> None:
    assert steps((await owner.get(here.url)).text) == (FLOW, 2)
    refused = await send(owner, here, b"not a request")
    assert steps(refused.text) == (FLOW, 2)
    proposed = await send(owner, here, upload())
    page = await owner.get(proposed.headers["location"])
    assert steps(page.text) == (FLOW, 3) and f'<a href="{here.url}"' in page.text
    assert steps((await confirm(owner, proposed)).text) == (FLOW, 4)
    await owner.get(f"{here.url}/1/file")
    assert steps((await owner.get(f"{here.url}/1")).text) == (FLOW, 5)


async def test_giving_back_has_steps_of_its_own(owner: httpx.AsyncClient, here: Place) -> None:
    await issue(owner, here)
    proposed = await send(owner, here, upload(purpose="return", prev_seq=1))
    page = await owner.get(proposed.headers["location"])
    assert steps(page.text) == (["システムで返却", "登録", "確認"], 3)


async def test_file_check_code_and_download_come_before_the_details(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    html = (await owner.get(f"{here.url}/1")).text
    order = [
        html.index(part)
        for part in ("activation-D-1001-検証環境-1.jwt", 'id="check-code"', "/1/file", "<table")
    ]
    assert order == sorted(order)
    assert primary(html) == [f"{here.url}/1/file"]


async def test_the_check_code_is_text_and_its_button_waits_for_the_script(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    html = (await owner.get(f"{here.url}/1")).text
    assert re.search(r'<code id="check-code">[0-9a-f]{4}( [0-9a-f]{4}){4}</code>', html)
    (button,) = [attrs for _, attrs in elements(html) if "data-copy" in attrs]
    assert button["data-copy"] == "check-code" and "hidden" in button


async def test_the_page_of_the_file_says_what_to_do_on_the_system(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    html = (await owner.get(f"{here.url}/1")).text
    for told in (
        "ライセンス管理",
        "licensed-system activate activation-D-1001-検証環境-1.jwt",
        "licensed-system status",
        "確認コードと同じことを確かめて",
    ):
        assert told in html


async def test_an_old_file_is_no_step_of_the_flow(owner: httpx.AsyncClient, here: Place) -> None:
    await issue(owner, here)
    await issue(owner, here)
    await owner.get(f"{here.url}/2/file")
    html = (await owner.get(f"{here.url}/1")).text
    assert 'class="steps"' not in html and "licensed-system" not in html
    assert f"{here.url}/1/file" in html and f'href="{here.url}/2"' in html


async def test_without_products_the_page_says_so_before_any_file_is_carried(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await here.allocate(PLATFORM=0, WORKFLOW=0)
    html = (await owner.get(here.url)).text
    assert NOTHING in html and 'type="file"' not in html
    assert primary(html) == [here.url.replace("/activations", "/allocations")]


async def test_without_products_a_return_can_still_be_uploaded(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    await here.allocate(PLATFORM=0, WORKFLOW=0)
    html = (await owner.get(here.url)).text
    assert NOTHING in html and 'type="file"' in html and 'class="steps"' not in html
    assert primary(html) == [here.url.replace("/activations", "/allocations")]
    page = await confirm(owner, await send(owner, here, upload(purpose="return", prev_seq=1)))
    assert page.status_code == 200 and NOTHING in page.text


async def test_an_activated_environment_offers_its_file_first(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    html = (await owner.get(here.url)).text
    assert html.index("現在のアクティベーションファイル") < html.index('type="file"')
    assert primary(html) == [f"{here.url}/1/file"] and "まだダウンロードされていません" in html
    await owner.get(f"{here.url}/1/file")
    assert "まだダウンロードされていません" not in (await owner.get(here.url)).text


async def test_after_a_new_allocation_the_next_request_file_is_what_matters(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    await here.allocate(WORKFLOW=5)
    html = (await owner.get(here.url)).text
    assert "再アクティベートが必要です" in html
    assert primary(html) == [""], "登録"


async def test_a_returned_activation_is_not_offered_as_the_present_one(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    await confirm(owner, await send(owner, here, upload(purpose="return", prev_seq=1)))
    html = (await owner.get(here.url)).text
    assert "現在のアクティベーションファイル" not in html and steps(html) == (FLOW, 2)


async def test_a_retired_environment_offers_its_file_and_takes_only_a_return(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    await retire_environment(
        contract=here.contract.id, environment=here.environment, actor=here.actor
    )
    html = (await owner.get(here.url)).text
    assert f"{here.url}/1/file" in html and "アクティベーションを返却する" in html
    assert 'class="steps"' not in html and NOTHING not in html


async def test_the_file_of_an_ended_contract_is_offered_without_a_form(
    owner: httpx.AsyncClient, here: Place, stage: Stage, database: str
) -> None:
    await issue(owner, here)
    await end_contract(admin_dsn(stage, database))
    html = (await owner.get(here.url)).text
    assert f"{here.url}/1/file" in html and 'type="file"' not in html


async def test_a_kept_file_after_a_move_is_the_next_thing_to_send(
    owner: httpx.AsyncClient, here: Place
) -> None:
    await issue(owner, here)
    draft = (await send(owner, here, upload(machine("B")))).headers["location"].rsplit("/", 1)[1]
    html = (await owner.get(f"{here.url}?draft={draft}")).text
    assert primary(html) == [""] and f'value="{draft}"' in html

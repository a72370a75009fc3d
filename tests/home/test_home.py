"""The home page: what the person has, what needs doing, and the way to where it is done."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest

from app import clock
from tests.activation.world import admin_dsn, another, force, place, upload
from tests.conftest import Portal, Stage
from tests.environments.steps import environment

CONTRACT = "/contracts/D-1001"


async def hints(client: httpx.AsyncClient, number: str = "D-1001") -> dict[str, list[str]]:
    """What the card of a contract says needs doing, and where the links of each hint lead."""
    html = (await client.get("/")).text
    card = next(card for card in html.split("<article")[1:] if f"<small>{number}</small>" in card)
    items = re.findall(r"<li>(.*?)</li>", card.split("</article>")[0], re.DOTALL)
    return {
        unescape(item.split("<a ")[0]).strip(): re.findall(r'href="([^"]+)"', item)
        for item in items
    }


async def lead_somewhere(client: httpx.AsyncClient, found: dict[str, list[str]]) -> None:
    """Every hint has a link, and no link is a dead end."""
    assert all(found.values())
    for link in {link for links in found.values() for link in links}:
        assert (await client.get(link)).status_code == 200, link


async def test_home_shows_the_persons_contracts_and_what_needs_doing(
    owner: httpx.AsyncClient,
) -> None:
    html = (await owner.get("/")).text
    assert "基幹システム契約" in html
    assert "他社契約" not in html
    found = await hints(owner)
    assert list(found) == [
        "検証環境：まだアクティベートされていません。",
        "見積依頼への回答が届いています。",
    ]
    await lead_somewhere(owner, found)


async def test_home_shows_notices_of_the_persons_products_only(owner: httpx.AsyncClient) -> None:
    html = (await owner.get("/")).text
    assert "ワークフロー 3.2.1" in html
    assert "モバイル連携 4.0" not in html


async def test_home_of_another_company_shows_nothing_of_the_first(
    outsider: httpx.AsyncClient,
) -> None:
    html = (await outsider.get("/")).text
    assert "他社契約" in html
    assert "基幹システム契約" not in html


async def test_an_environment_that_waits_leads_an_owner_to_its_activation_and_a_member_to_the_list(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    waiting = "検証環境：まだアクティベートされていません。"
    activation = f"{CONTRACT}/environments/{await environment()}/activations"
    assert (await hints(owner))[waiting] == [activation]
    assert (await hints(member))[waiting] == [f"{CONTRACT}/environments"]
    assert "見積依頼への回答が届いています。" not in await hints(member)
    await lead_somewhere(member, await hints(member))


@pytest.fixture
def admin(stage: Stage, database: str) -> str:
    """The superuser's address of the test's database."""
    return admin_dsn(stage, database)


async def test_an_activation_that_is_out_of_date_or_has_expired_is_told_each_in_its_words(
    portal: Portal, admin: str, owner: httpx.AsyncClient, english: httpx.AsyncClient
) -> None:
    here = await place(portal.settings)
    await here.answer(upload())
    assert not any("検証環境" in hint for hint in await hints(owner))
    await here.allocate(PLATFORM=2)
    found = await hints(owner)
    assert found["検証環境：割り当てが変わったため、再アクティベートが必要です。"] == [here.url]

    past = clock.now() - timedelta(days=1)
    await force(admin, "update activation set expires_at = $1", past)
    found = await hints(owner)
    told = "検証環境：アクティベーションファイルの有効期限が切れています。"
    assert found[told] == [here.url]
    assert [hint for hint in found if "検証環境" in hint] == [told]
    told = '<span lang="ja">検証環境</span>: the activation file has expired.'
    assert told in await hints(english)
    await lead_somewhere(owner, found)


async def test_an_environment_whose_products_have_all_ended_waits_for_nothing(
    admin: str, owner: httpx.AsyncClient
) -> None:
    ended = clock.today("Asia/Tokyo") - timedelta(days=1)
    await force(admin, "update entitlement set starts_on = $1, ends_on = $1", ended)
    assert not any("検証環境" in hint for hint in await hints(owner))


async def test_of_many_environments_that_wait_three_are_named_and_the_others_counted(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    here = await place(portal.settings)
    for name in ("一号", "二号", "三号", "四号"):
        await another(here, name)
    found = await hints(owner)
    waiting = [hint for hint in found if "アクティベートされていません" in hint]
    assert [hint.split("：")[0] for hint in waiting[:3]] == ["検証環境", "一号", "二号"]
    assert waiting[3:] == ["ほかに2件の環境が、まだアクティベートされていません。"]
    assert found[waiting[3]] == [f"{CONTRACT}/environments"]


async def test_who_may_ask_for_a_renewal_is_led_to_the_form(
    admin: str, owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    soon = clock.today("Asia/Tokyo") + timedelta(days=10)
    await force(admin, "update entitlement set ends_on = $1 where quantity = 500", soon)
    ending, ask = "ワークフローがまもなく終了します。", f"{CONTRACT}/quote-requests/new"
    assert (await hints(owner))[ending] == [f"{CONTRACT}/products", ask]
    assert (await hints(member))[ending] == [f"{CONTRACT}/products"]

    await force(admin, "update contract set ends_on = $1 where number = 'D-1001'", soon)
    ending = "ご契約がまもなく終了します。更新については営業担当へご相談ください。"
    assert (await hints(owner))[ending] == [CONTRACT, ask]
    assert (await hints(member))[ending] == [CONTRACT]
    await lead_somewhere(owner, await hints(owner))


async def test_a_contract_that_has_ended_asks_for_nothing(owner: httpx.AsyncClient) -> None:
    assert await hints(owner, "D-1003") == {}


async def first_steps(client: httpx.AsyncClient) -> str:
    """The first steps that a newcomer's home shows; empty where there are none."""
    html = (await client.get("/")).text
    return unescape(html.partition('aria-labelledby="first-steps"')[2].partition("</section>")[0])


async def test_a_newcomers_home_leads_through_the_first_steps_until_a_system_ran(
    portal: Portal, admin: str, owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    assert not await first_steps(member), "members change nothing"
    here = await place(portal.settings)
    await force(admin, "delete from activation")
    await force(admin, "update environment set retired_at = now()")
    steps = await first_steps(owner)
    assert 'aria-current="step"><b><span>新しい環境を作成' in steps
    assert f'href="{CONTRACT}/environments/new"' in steps
    await force(admin, "update environment set retired_at = null where id = $1", here.environment)
    assert f'href="{here.url}"' in (steps := await first_steps(owner)), "it has an allocation"
    assert 'aria-current="step"><b><span>アクティベート' in steps and 'class="done"' in steps
    await here.answer(upload())
    assert not await first_steps(owner)


async def test_japanese_names_are_marked_as_such_on_english_pages_only(
    owner: httpx.AsyncClient, english: httpx.AsyncClient
) -> None:
    marked = '<span lang="ja">基幹システム契約</span>'
    for path in ("/", "/contracts", CONTRACT):
        assert marked in (await english.get(path)).text
        assert '<span lang="ja">' not in (await owner.get(path)).text
    environments = (await english.get(f"{CONTRACT}/environments")).text
    assert '<span lang="ja">検証環境</span>' in environments

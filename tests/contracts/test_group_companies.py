"""グループ会社: found in the same corporate group, registered, named by environments, removed."""

import asyncio
from uuid import UUID

import asyncpg
import httpx
import pytest

from app.database import fetch, fetch_value
from tests.environments.steps import confirm, propose
from tests.pages import elements

CONTRACT = "/contracts/D-1001"
LIST, NEW = f"{CONTRACT}/group-companies", f"{CONTRACT}/group-companies/new"
LOGISTICS, SERVICES = "サンプル物流株式会社", "サンプル情報サービス株式会社"


async def company(name: str = LOGISTICS) -> str:
    """The id of a company."""
    return str(await fetch_value("select id from company where name = $1", name))


async def registered() -> list[str]:
    """Names of the group companies of D-1001."""
    rows = await fetch(
        "select p.name from group_company g join company p on p.id = g.company"
        " join contract c on c.id = g.contract where c.number = 'D-1001' order by p.reading"
    )
    return [row["name"] for row in rows]


async def add(client: httpx.AsyncClient, name: str = LOGISTICS) -> UUID:
    """Register a company by its form; answers the id of the entry."""
    await confirm(client, await propose(client, NEW, {"company": await company(name)}))
    id: UUID = await fetch_value(
        "select g.id from group_company g join company p on p.id = g.company where p.name = $1",
        name,
    )
    return id


async def name_it(group_company: UUID, environment: str = "検証環境") -> None:
    """Let an environment name a group company."""
    await fetch(
        "update environment set group_company = $1 where name = $2", group_company, environment
    )


def offered(html: str) -> list[str]:
    """The companies to choose from."""
    labels = (
        html.split("<fieldset")[1].split("</fieldset>", maxsplit=1)[0]
        if "<fieldset" in html
        else ""
    )
    return [part.split("<")[0].strip() for part in labels.split("<span>")[1:]]


async def test_the_search_offers_companies_of_the_same_group_alone(
    owner: httpx.AsyncClient,
) -> None:
    assert offered((await owner.get(NEW)).text) == [], "nothing before a search"
    everything = (await owner.get(NEW, params={"search": ""})).text
    assert sorted(offered(everything)) == sorted(
        [LOGISTICS, SERVICES, "サンプルホールディングス株式会社"]
    )
    assert offered((await owner.get(NEW, params={"search": "ぶつりゅう"})).text) == [LOGISTICS]
    nothing = (await owner.get(NEW, params={"search": "見本製作所"})).text
    assert offered(nothing) == [] and "営業担当" in nothing and "見本製作所株式会社" not in nothing


async def test_the_search_answers_htmx_with_a_fragment(owner: httpx.AsyncClient) -> None:
    answer = await owner.get(
        NEW, params={"search": "物流", "fragment": "1"}, headers={"HX-Request": "true"}
    )
    assert not answer.text.startswith("<!doctype") and offered(answer.text) == [LOGISTICS]
    assert answer.headers["hx-push-url"].startswith(f"{NEW}?search=")


async def test_the_only_company_found_is_chosen_already(owner: httpx.AsyncClient) -> None:
    html = (await owner.get(NEW, params={"search": "物流"})).text
    [radio] = [a for t, a in elements(html) if a.get("type") == "radio"]
    assert "checked" in radio


async def test_adding_restates_and_then_does_it_once(owner: httpx.AsyncClient) -> None:
    form = {"company": await company(), "search": "物流"}
    location = await propose(owner, NEW, form)
    page = (await owner.get(location)).text
    assert LOGISTICS in page and "D-1001" in page and "search=" in page
    done = await confirm(owner, location)
    assert "追加しました" in (await owner.get(done)).text
    assert await confirm(owner, location) == done and await registered() == [LOGISTICS]
    assert LOGISTICS not in offered((await owner.get(NEW, params={"search": ""})).text)


@pytest.mark.parametrize("chosen", ["", "nonsense", "own", "foreign", "\ud7ff"])
async def test_what_is_not_offered_is_not_added(owner: httpx.AsyncClient, chosen: str) -> None:
    names = {"own": "サンプル商事株式会社", "foreign": "見本製作所株式会社"}
    value = await company(names[chosen]) if chosen in names else chosen
    answer = await owner.post(NEW, data={"company": value, "search": "サンプル"})
    assert answer.status_code == 422 and 'value="サンプル"' in answer.text
    assert len(offered(answer.text)) == 3


async def test_back_keeps_the_search_and_the_choice(owner: httpx.AsyncClient) -> None:
    location = await propose(owner, NEW, {"company": await company(SERVICES), "search": "サンプル"})
    [back] = [
        a["href"]
        for t, a in elements((await owner.get(location)).text)
        if t == "a" and "draft=" in (a.get("href") or "")
    ]
    html = (await owner.get(back or "")).text
    checked = [a["value"] for _, a in elements(html) if a.get("type") == "radio" and "checked" in a]
    assert checked == [await company(SERVICES)] and len(offered(html)) == 3


async def test_a_company_registered_meanwhile_is_told(owner: httpx.AsyncClient) -> None:
    location = await propose(owner, NEW, {"company": await company(), "search": "サンプル"})
    await add(owner)
    led_to = await confirm(owner, location)
    assert "すでに一覧にあります" in (await owner.get(led_to)).text


async def test_a_company_that_left_the_group_meanwhile_is_told(owner: httpx.AsyncClient) -> None:
    location = await propose(owner, NEW, {"company": await company()})
    await fetch("update company set corporate_group = null where name = $1", LOGISTICS)
    led_to = await confirm(owner, location)
    assert "もう一度検索" in (await owner.get(led_to)).text and await registered() == []


async def test_of_many_at_the_same_moment_one_registers_it(owner: httpx.AsyncClient) -> None:
    form = {"company": await company()}
    locations = [await propose(owner, NEW, form) for _ in range(4)]
    led_to = await asyncio.gather(*(confirm(owner, location) for location in locations))
    assert sum("done=" in one for one in led_to) == 1 and await registered() == [LOGISTICS]


async def test_removing_restates_and_then_does_it(owner: httpx.AsyncClient) -> None:
    path = f"{LIST}/{await add(owner)}/removal"
    assert f'action="{path}"' in (await owner.get(LIST)).text
    location = await propose(owner, path, {})
    assert LOGISTICS in (await owner.get(location)).text
    done = await confirm(owner, location)
    assert "解除しました" in (await owner.get(done)).text and await registered() == []
    history = (await owner.get(f"{CONTRACT}/history")).text
    assert f"グループ会社「{LOGISTICS}」を解除しました" in history


async def test_a_company_that_an_environment_names_stays(owner: httpx.AsyncClient) -> None:
    entry = await add(owner)
    location = await propose(owner, f"{LIST}/{entry}/removal", {})
    await name_it(entry)
    html = (await owner.get(LIST)).text
    assert "/removal" not in html and "検証環境" in html, "no button that may not be used"
    led_to = await confirm(owner, location)
    told = (await owner.get(led_to)).text
    assert 'role="alert"' in told and "検証環境" in told and await registered() == [LOGISTICS]


async def test_retired_environments_do_not_keep_a_company(owner: httpx.AsyncClient) -> None:
    entry = await add(owner)
    await name_it(entry)
    await fetch(
        "delete from allocation using environment e where e.id = environment"
        " and e.name = '検証環境'"
    )
    await fetch("update environment set retired_at = now() where name = '検証環境'")
    await confirm(owner, await propose(owner, f"{LIST}/{entry}/removal", {}))
    assert await registered() == []


async def test_naming_and_removing_at_the_same_moment_leaves_no_dangling_name(
    owner: httpx.AsyncClient,
) -> None:
    new = f"{CONTRACT}/environments/new"
    for turn in range(5):
        entry = await add(owner)
        naming = await propose(
            owner, new, {"name": f"環境{turn}", "sort_key": "1", "group_company": str(entry)}
        )
        removing = await propose(owner, f"{LIST}/{entry}/removal", {})
        led_to = await asyncio.gather(confirm(owner, naming), confirm(owner, removing))
        assert sum("done=" in one for one in led_to) == 1
        await fetch("update environment set group_company = null")
        await fetch("delete from group_company")


async def test_members_see_the_list_and_no_button(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    entry = await add(owner)
    html = (await member.get(LIST)).text
    assert LOGISTICS in html and "/removal" not in html and NEW not in html
    assert (await member.get(NEW)).status_code == 404
    assert (await member.post(f"{LIST}/{entry}/removal")).status_code == 404


async def test_the_database_refuses_companies_of_another_group(database: str) -> None:
    for number, name in (
        ("D-1001", "見本製作所株式会社"),
        ("D-1001", "サンプル商事株式会社"),
        ("D-2001", LOGISTICS),
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await fetch(
                "insert into group_company select gen_random_uuid(), c.id, p.id, now()"
                " from contract c, company p where c.number = $1 and p.name = $2",
                number,
                name,
            )

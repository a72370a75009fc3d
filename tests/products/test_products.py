"""製品: what is contracted, what is allocated of it, what is free, and what has ended."""

import re

import httpx
import pytest

from app.database import fetch
from tests.pages import elements

PATH = "/contracts/D-1001/products"


def row(html: str, product: str) -> list[str]:
    """The numbers of a product's row: contracted, allocated, free."""
    cells = html.split(f">{product}<")[1].split("</tr>", maxsplit=1)[0].split('<td class="n"')[1:]
    return [cell.split(">", 1)[1].split("<")[0].split()[0] for cell in cells]


async def test_each_product_shows_what_is_allocated_and_free(member: httpx.AsyncClient) -> None:
    html = (await member.get(PATH)).text
    assert row(html, "業務基盤プラットフォーム") == ["10", "5", "5"]
    assert row(html, "ワークフロー") == ["500", "320", "180"]
    assert row(html, "分析ダッシュボード") == ["100", "0", "100"]
    assert row(html, "外部接続オプション") == ["2", "0", "2"] and "その他の製品" in html


async def test_a_bar_says_the_same_in_words(member: httpx.AsyncClient) -> None:
    html = (await member.get(PATH)).text
    meters = {
        a["aria-label"]: (a["value"], a["max"])
        for t, a in elements(html)
        if t == "meter" and a.get("aria-label")
    }
    [label] = [label for label in meters if "ワークフロー" in (label or "")]
    assert meters[label] == ("320", "500") and "320" in (label or "") and "500" in (label or "")


async def test_thousands_are_separated(member: httpx.AsyncClient) -> None:
    await fetch("update entitlement set quantity = 1234567 where quantity = 500")
    assert "1,234,567 " in (await member.get(PATH)).text


async def test_expired_products_are_shown_on_demand_at_an_address_of_its_own(
    member: httpx.AsyncClient,
) -> None:
    at_first = (await member.get(PATH)).text
    assert "帳票出力" not in at_first and f'href="{PATH}?expired=1"' in at_first
    shown = (await member.get(f"{PATH}?expired=1")).text
    assert "帳票出力" in shown and ">終了</span>" in shown and f'href="{PATH}"' in shown
    assert shown.index("外部接続オプション") < shown.index("帳票出力"), "ended ones come last"


@pytest.mark.parametrize(("days", "shown"), [(0, True), (-1, False)])
async def test_a_product_is_usable_on_its_last_day(
    member: httpx.AsyncClient, days: int, shown: bool
) -> None:
    await fetch(
        "update entitlement e set ends_on = (now() at time zone 'Asia/Tokyo')::date + $1::int"
        " from product p where p.id = e.product and p.code = 'ANALYTICS'",
        days,
    )
    html = (await member.get(PATH)).text
    assert ("分析ダッシュボード" in html) is shown
    assert ">終了</span>" not in html.split("<table")[1]


async def test_a_contract_without_a_usable_product_says_so(member: httpx.AsyncClient) -> None:
    await fetch("update entitlement set starts_on = '2020-01-01', ends_on = '2020-12-31'")
    html = (await member.get(PATH)).text
    assert 'class="empty"' in html and f'href="{PATH}?expired=1"' in html


async def test_counts_that_are_held_say_by_whom_and_until_when(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    await fetch(
        "delete from allocation a using environment e"
        " where e.id = a.environment and e.name = '本番環境'"
    )
    for client, link in ((owner, True), (member, False)):
        html = (await client.get(PATH)).text
        assert row(html, "業務基盤プラットフォーム")[::2] == ["10", "5"]
        held = html.split("</table>")[1]
        assert "本番環境" in held and "保持" in held
        assert ("/activations" in held) is link, "only owners see a way to free them"


async def places(client: httpx.AsyncClient, code: str) -> str:
    """The page of an entitlement, by its link in the list."""
    html = (await client.get(f"{PATH}?expired=1")).text
    link = html.split(f"<small>{code} ")[0].rsplit('<a href="', 1)[1].split('"')[0]
    return (await client.get(link)).text


async def test_each_product_tells_which_environment_has_how_much(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    for client, button in ((owner, True), (member, False)):
        html = await places(client, "WORKFLOW")
        assert re.findall(r'<th scope="row">(\S+?)</th>\s*<td class="n"[^>]*>(\d+)', html) == [
            ("本番環境", "300"),
            ("検証環境", "20"),
        ]
        assert ("/allocations" in html) is button
    assert 'class="empty"' in await places(member, "ANALYTICS")
    assert ">終了</span>" in await places(member, "REPORTS")


async def test_counts_held_by_a_running_file_stand_beside_what_is_allocated(
    owner: httpx.AsyncClient,
) -> None:
    await fetch(
        "delete from allocation a using environment e"
        " where e.id = a.environment and e.name = '本番環境'"
    )
    html = await places(owner, "PLATFORM")
    held = html.split("本番環境", maxsplit=1)[1].split("</tr>")[0]
    assert ">0<" in held and ">4（" in held and "/activations" in held


async def test_many_environments_come_page_by_page(member: httpx.AsyncClient) -> None:
    await fetch(
        "insert into environment (id, contract, name, sort_key, created_at) select"
        " gen_random_uuid(), id, 'E' || n, 30 + n, now() from contract, generate_series(1, 60) n"
        " where number = 'D-1001'"
    )
    await fetch(
        "insert into allocation select gen_random_uuid(), v.contract, v.id, e.id, 1"
        " from environment v join entitlement e on e.contract = v.contract"
        " join product p on p.id = e.product and p.code = 'WORKFLOW' where v.name like 'E%'"
    )
    first = await places(member, "WORKFLOW")
    assert ">E48<" in first and ">E49<" not in first
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = (await member.get(following)).text
    assert ">E49<" in second and ">E60<" in second and "本番環境" not in second
    for odd in ("x", "9.9", "²." + "0" * 32, "-1.x"):
        assert (await member.get(f"{following.split('?')[0]}?after={odd}")).status_code == 200

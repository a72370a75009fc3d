"""まとめて割り当て: every line's effect first, then all or nothing."""

import asyncio
import csv
import io

import httpx
import pytest

from app.database import fetch, fetch_value
from app.environments.sheet_rules import MOST_BYTES, MOST_LINES
from tests.environments.steps import CONTRACT, allocated, confirm, entitlement, environment
from tests.pages import elements

PATH = f"{CONTRACT}/allocation-sheet"
TABLE = """環境名,製品コード,数量
検証環境,PLATFORM,3
本番環境,ワークフロー,２９０
検証環境,analytics,7
"""


async def check(client: httpx.AsyncClient, table: str) -> str:
    """内容を確認 of a table that can be done; answers the address of its effects."""
    answer = await client.post(PATH, data={"table": table})
    assert answer.status_code == 303, answer.text
    location: str = answer.headers["location"]
    assert location.startswith(f"{PATH}?draft=")
    return location


async def refusal(client: httpx.AsyncClient, table: str) -> str:
    """The page that says what is wrong, with the table kept."""
    answer = await client.post(PATH, data={"table": table})
    assert answer.status_code == 422
    return answer.text


def confirmation(location: str) -> str:
    """The confirm page that the effects lead to."""
    return f"/confirmations/{location.rsplit('=', 1)[1]}"


async def change(client: httpx.AsyncClient, code: str, quantity: int, name: str) -> None:
    """Somebody else allocates meanwhile."""
    await fetch(
        "update allocation set quantity = $1 where entitlement = $2 and environment = $3",
        quantity,
        await entitlement(code),
        await environment(name),
    )


async def test_effects_are_shown_then_restated_then_done_at_once(owner: httpx.AsyncClient) -> None:
    assert f'href="{PATH}"' in (await owner.get(f"{CONTRACT}/environments")).text
    location = await check(owner, TABLE)
    effects = (await owner.get(location)).text
    assert "まだ割り当てていません" in effects and effects.count("変更</td>") == 3
    assert (await allocated())["PLATFORM"] == 1, "nothing is done by looking"
    assert f'href="{confirmation(location)}"' in effects
    page = (await owner.get(confirmation(location))).text
    assert "本番環境 – ワークフロー" in page and "290" in page
    done = await confirm(owner, confirmation(location))
    assert "3件の割り当てを変更しました" in (await owner.get(done)).text
    assert await allocated() == {"PLATFORM": 3, "WORKFLOW": 20, "ANALYTICS": 7}
    assert await allocated("本番環境") == {"PLATFORM": 4, "WORKFLOW": 290}
    assert await confirm(owner, confirmation(location)) == done


async def test_each_environment_has_an_event_of_its_own(owner: httpx.AsyncClient) -> None:
    before = await fetch_value(
        "select count(*) from audit_event where event_type = 'allocation-change'"
    )
    await confirm(owner, confirmation(await check(owner, TABLE)))
    after = await fetch_value(
        "select count(*) from audit_event where event_type = 'allocation-change'"
    )
    assert after - before == 2


async def test_counts_move_from_one_environment_to_another(owner: httpx.AsyncClient) -> None:
    """Everything is contracted: the one must give before the other can take."""
    await fetch("delete from activation_product")
    await confirm(
        owner, confirmation(await check(owner, "本番環境,PLATFORM,9\n検証環境,PLATFORM,1"))
    )
    moved = "検証環境,PLATFORM,10\n本番環境,PLATFORM,0"
    await confirm(owner, confirmation(await check(owner, moved)))
    assert (await allocated())["PLATFORM"] == 10 and "PLATFORM" not in await allocated("本番環境")


async def test_all_errors_are_told_with_line_and_column(owner: httpx.AsyncClient) -> None:
    table = (
        "検証環境,PLATFORM,7\nない環境,NOTHING,多い\n検証環境,PLATFORM,1\n,,\n本番環境,REPORTS,1"
    )
    html = await refusal(owner, table)
    for words in (
        "1行目　数量：業務基盤プラットフォームの使用数の合計が11になり、契約数量10を超えます。",
        "2行目　環境名：「ない環境」という環境はこのご契約にありません。",
        "製品コード：「NOTHING」という利用できる製品",
        "数量：「多い」は割り当てられる整数ではありません。",
        "3行目　環境名：同じ環境と製品の行がほかにもあります。",
        "5行目　製品コード：「REPORTS」という利用できる製品",
    ):
        assert words in html, words
    assert "検証環境,PLATFORM,7" in html.split("<textarea")[1]
    assert await fetch_value("select count(*) from confirmation") == 0


async def test_a_product_contracted_twice_needs_its_number(owner: httpx.AsyncClient) -> None:
    await fetch(
        "insert into entitlement select gen_random_uuid(), contract, product, 8, starts_on,"
        " ends_on, null, now() from entitlement where id = $1",
        await entitlement("CONNECTOR"),
    )
    rows = await fetch(
        "select e.id, e.quantity from entitlement e join product p on p.id = e.product"
        " join contract c on c.id = e.contract where p.code = 'CONNECTOR' and c.number = 'D-1001'"
    )
    marks = {row["quantity"]: f"P{row['id'].hex[-6:].upper()}" for row in rows}
    html = await refusal(owner, "検証環境,CONNECTOR,5")
    assert f"{marks[2]}（2、" in html and f"{marks[8]}（8、" in html
    table = f"検証環境,CONNECTOR,5,{marks[8].lower()}\n検証環境,CONNECTOR,2,{marks[2]}"
    location = await check(owner, table)
    assert marks[8] in (await owner.get(confirmation(location))).text
    await confirm(owner, confirmation(location))
    kept = await fetch(
        "select quantity, entitlement from allocation where entitlement = any($1)",
        [row["id"] for row in rows],
    )
    assert sorted(row["quantity"] for row in kept) == [2, 5]


async def test_nothing_would_change_is_said(owner: httpx.AsyncClient) -> None:
    assert "変更がありません" in await refusal(owner, "検証環境,PLATFORM,1")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
async def test_a_file_can_be_uploaded_and_is_shown(owner: httpx.AsyncClient, encoding: str) -> None:
    file = {"file": ("割り当て.csv", TABLE.replace("\n", "\r\n").encode(encoding), "text/csv")}
    answer = await owner.post(PATH, data={"table": "古い表"}, files=file)
    assert answer.status_code == 303
    html = (await owner.get(answer.headers["location"])).text
    assert "検証環境,analytics,7" in html.split("<textarea")[1] and "古い表" not in html


async def test_limits_are_told(owner: httpx.AsyncClient) -> None:
    assert "まだ1行もありません" in await refusal(owner, "")
    assert "5,000行を超えています" in await refusal(owner, "a,b,1\n" * (MOST_LINES + 1))
    for size in (MOST_BYTES + 1, 3 * MOST_BYTES):
        file = {"file": ("a.csv", b"a" * size, "text/csv")}
        answer = await owner.post(PATH, data={"table": ""}, files=file)
        assert answer.status_code == 422 and "1 MBを超えています" in answer.text
    for content in (b"\x81", b"a\0b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7"):
        file = {"file": ("a.xlsx", content, "application/octet-stream")}
        answer = await owner.post(PATH, data={"table": ""}, files=file)
        assert answer.status_code == 422 and "CSV UTF-8" in answer.text


async def test_the_template_can_be_sent_back_as_it_is(owner: httpx.AsyncClient) -> None:
    await fetch("update environment set name = '=1+1' where name = '検証環境'")
    answer = await owner.get(f"{PATH}/template")
    assert "filename*=UTF-8''D-1001_" in answer.headers["content-disposition"]
    text = answer.content.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert head[:4] == ["環境名", "製品コード", "数量", "契約製品番号"] and len(rows) == 8
    assert rows[1][:3] == ["本番環境", "PLATFORM", "4"] and rows[4][0] == "'=1+1"
    assert "変更がありません" in await refusal(owner, text)
    await check(owner, text.replace("'=1+1,ANALYTICS,0", "'=1+1,ANALYTICS,9"))


async def test_what_somebody_else_changed_meanwhile_is_told_and_the_table_kept(
    owner: httpx.AsyncClient,
) -> None:
    location = await check(owner, TABLE)
    await change(owner, "WORKFLOW", 299, "本番環境")
    led_to = await confirm(owner, confirmation(location))
    assert led_to == location
    html = (await owner.get(led_to)).text
    assert "300から299に変更しました" in html and "３" not in html
    assert "本番環境,ワークフロー,２９０" in html.split("<textarea")[1]
    assert (await allocated())["PLATFORM"] == 1, "all or nothing"
    await confirm(owner, confirmation(await check(owner, TABLE)))


async def test_what_somebody_else_took_meanwhile_is_told(owner: httpx.AsyncClient) -> None:
    location = await check(owner, "検証環境,PLATFORM,6")
    await change(owner, "PLATFORM", 5, "本番環境")
    html = (await owner.get(await confirm(owner, confirmation(location)))).text
    assert "合計が11になり" in html and (await allocated())["PLATFORM"] == 1


async def test_an_environment_retired_meanwhile_is_told(owner: httpx.AsyncClient) -> None:
    location = await check(owner, TABLE)
    await fetch("delete from allocation where environment = $1", await environment("検証環境"))
    await fetch("update environment set retired_at = now() where name = '検証環境'")
    html = (await owner.get(await confirm(owner, confirmation(location)))).text
    assert "「検証環境」という環境は" in html
    assert await allocated("本番環境") == {"PLATFORM": 4, "WORKFLOW": 300}


async def test_tables_and_single_forms_at_the_same_moment_never_take_too_much(
    owner: httpx.AsyncClient,
) -> None:
    platform = await entitlement("PLATFORM")
    single = f"{CONTRACT}/environments/{await environment('検証環境')}/allocations"
    for turn in range(4):
        tables = [
            await check(owner, f"検証環境,PLATFORM,{2 + turn % 2}\n本番環境,PLATFORM,{5 + n}")
            for n in range(3)
        ]
        forms = [await owner.post(single, data={f"q-{platform}": str(3 + turn % 2)})]
        locations = [confirmation(t) for t in tables] + [f.headers["location"] for f in forms]
        await asyncio.gather(*(confirm(owner, location) for location in locations))
        assert await fetch_value("select counts_in_use($1)", platform) <= 10
        await change(owner, "PLATFORM", 1, "検証環境")
        await change(owner, "PLATFORM", 4, "本番環境")


async def test_a_large_table_is_restated_by_its_sums(owner: httpx.AsyncClient) -> None:
    await fetch(
        "update entitlement set quantity = 100000 where id = $1", await entitlement("PLATFORM")
    )
    await fetch(
        "insert into environment (id, contract, name, sort_key, created_at)"
        " select gen_random_uuid(), id, 'E' || n, n, now() from contract, generate_series(1, 300) n"
        " where number = 'D-1001'"
    )
    table = "\n".join(f"E{n},PLATFORM,2" for n in range(1, 301))
    location = await check(owner, table)
    page = (await owner.get(confirmation(location))).text
    assert page.count("<tr") == 2 and ">605<" in page and "合計" in page
    await confirm(owner, confirmation(location))
    assert (await allocated("E300")) == {"PLATFORM": 2}


async def test_members_do_not_find_the_table(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    assert PATH not in (await member.get(f"{CONTRACT}/environments")).text
    assert (await member.get(PATH)).status_code == 404
    assert (await member.get(f"{PATH}/template")).status_code == 404
    location = await check(owner, TABLE)
    assert (await member.post(confirmation(location))).status_code == 404


async def test_rows_with_errors_can_be_reached_from_the_summary(owner: httpx.AsyncClient) -> None:
    table = "\n".join(f"ない{n},PLATFORM,1" for n in range(30))
    html = await refusal(owner, table)
    links = [a["href"] for t, a in elements(html) if t == "a" and (a.get("href") or "")[:1] == "#"]
    assert "#line-1" in links and "#line-21" in links and "#line-22" not in links
    assert "ほかに10行" in html and html.count('class="error"') == 30

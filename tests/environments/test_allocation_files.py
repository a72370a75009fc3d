"""Allocations from a workbook; and tables that would keep everybody else waiting."""

import asyncio

import httpx

from app.database import fetch
from app.environments.judged_forms import MOST_SHOWN
from app.environments.sheet_rules import MOST_LINES
from tests.environments.steps import allocated, confirm
from tests.environments.test_allocation_sheet import PATH, TABLE, confirmation, refusal
from tests.spreadsheets.books import book, sheet, styles, text_cell

HEAD = ["環境名", "製品コード", "数量"]


def row(number: int, name: str, product: str, count: str) -> str:
    """A line of a sheet whose count is a cell of its own."""
    cells = text_cell(f"A{number}", name) + text_cell(f"B{number}", product)
    return f'<row r="{number}">{cells}{count}</row>'


async def sent(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    """What the portal says of a workbook."""
    return await client.post(PATH, data={"table": "古い表"}, files={"file": ("表.xlsx", content)})


async def test_a_workbook_is_read_as_the_person_sees_it(owner: httpx.AsyncClient) -> None:
    counts = ('<c r="C4"><v>3.0</v></c>', '<c r="C6" s="0"><v>290</v></c>')
    rows = [
        ["割り当ての表"],
        HEAD,
        row(4, "検証環境", "PLATFORM", counts[0]),
        row(6, "本番環境", "ワークフロー", counts[1]),
    ]
    parts = {"styles": styles(['#,##0"名"'])}
    answer = await sent(owner, book({"表": sheet(*rows), "メモ": sheet()}, parts=parts))
    assert answer.status_code == 303, answer.text
    page = (await owner.get(answer.headers["location"])).text
    assert "検証環境,PLATFORM,3" in page.split("<textarea")[1] and "古い表" not in page
    await confirm(owner, confirmation(answer.headers["location"]))
    assert (await allocated())["PLATFORM"] == 3
    assert (await allocated("本番環境"))["WORKFLOW"] == 290


async def test_cells_without_a_value_are_told_with_their_line(owner: httpx.AsyncClient) -> None:
    rows = [
        HEAD,
        row(2, "検証環境", "PLATFORM", "<c><f>A9</f></c>"),
        row(3, "検証環境", "ANALYTICS", '<c t="e"><v>#N/A</v></c>'),
        row(4, "検証環境", "WORKFLOW", "<c><v>0.5</v></c>"),
    ]
    answer = await sent(owner, book({"a": sheet(*rows)}))
    assert answer.status_code == 422
    for words in (
        "2行目　数量：このセルの数式の結果がファイルに保存されていません",
        "3行目　数量：このセルはエラーになっています",
        "4行目　数量：「0.5」は割り当てられる整数ではありません",
    ):
        assert words in answer.text, words


async def test_a_workbook_that_could_mean_several_tables_is_told(owner: httpx.AsyncClient) -> None:
    table = sheet(HEAD, ["検証環境", "PLATFORM", "3"])
    answer = await sent(owner, book({"今年": table, "去年": table}))
    assert answer.status_code == 422 and "今年, 去年" in answer.text
    merged = '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    rows = [HEAD, ["検証環境", "PLATFORM", "3"], ["", "ANALYTICS", "1"]]
    answer = await sent(owner, book({"a": sheet(*rows, after=merged)}))
    assert answer.status_code == 422 and "A2:A3" in answer.text


async def test_a_file_that_is_wrong_is_named_at_its_field(owner: httpx.AsyncClient) -> None:
    """And what was typed stays."""
    for content in (b"\x00\x01\x02", b"x" * 1_000_001, b"", book({"a": sheet(HEAD[:2])})):
        html = (await sent(owner, content)).text
        told = html.partition('id="file-error">')[2].partition("</p>")[0]
        assert told.startswith("「表.xlsx」"), html[:200]
        assert 'href="#file"' in html and 'id="table-error"' not in html
        assert "古い表" in html.split("<textarea")[1]


async def test_a_name_that_has_lost_its_zeros_is_pointed_out(owner: httpx.AsyncClient) -> None:
    await fetch("update environment set name = '007' where name = '検証環境'")
    html = await refusal(owner, "7,PLATFORM,1")
    assert "「7」はありませんが、「007」があります" in html


async def test_a_bounded_number_of_wrong_lines_is_shown(owner: httpx.AsyncClient) -> None:
    """And whoever sends two tables at once is told to wait."""
    table = "\n".join(f"ない{n},NOTHING,x" for n in range(MOST_LINES))
    answers = await asyncio.gather(*(owner.post(PATH, data={"table": table}) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [422] * 3
    pages = [answer.text for answer in answers if "ない0" in answer.text.split("<textarea")[0]]
    assert pages and len(pages) + sum("別の表を確認して" in a.text for a in answers) == 3
    shown = pages[0].split("<textarea")[0]
    assert shown.count('<tr id="line-') == MOST_SHOWN
    assert f"ほかに{MOST_LINES - MOST_SHOWN:,}行" in shown
    assert "ない4999" in pages[0].split("<textarea")[1], "what was sent is kept"


async def test_a_long_table_is_shown_page_by_page(owner: httpx.AsyncClient) -> None:
    lines = [*TABLE.splitlines(), *["本番環境,PLATFORM,4"]]
    await fetch(
        "insert into environment (id, contract, name, sort_key, created_at)"
        " select gen_random_uuid(), id, 'E' || n, n, now() from contract, generate_series(1, 150) n"
        " where number = 'D-1001'"
    )
    lines += [f"E{n},PLATFORM,0" for n in range(1, 151)]
    answer = await owner.post(PATH, data={"table": "\n".join(lines)})
    assert answer.status_code == 303, answer.text
    first = (await owner.get(answer.headers["location"])).text
    assert first.count("<tr") == MOST_SHOWN + 1 and f"first={MOST_SHOWN + 1}" in first
    second = (await owner.get(f"{answer.headers['location']}&first={MOST_SHOWN + 1}")).text
    assert second.count("<tr") == len(lines) - 1 - MOST_SHOWN + 1

"""Tables as files: what stands in them, how they are written, and that nothing in them runs."""

import csv
import io
from datetime import UTC, date, datetime
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.database import fetch, fetch_value
from app.reports.rules import Table, Value, write_csv, write_xlsx
from app.spreadsheets.csv_lines import FORMULA_STARTS
from tests.conftest import Portal

URL = "/contracts/D-1001/reports"


async def read_csv(client: httpx.AsyncClient, report: str) -> list[dict[str, str]]:
    """The rows of a report as a program reads them."""
    answer = await client.get(f"{URL}/{report}")
    assert answer.content.startswith(b"\xef\xbb\xbf") and b"\r\n" in answer.content
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_products_are_those_of_the_tab(member: httpx.AsyncClient) -> None:
    rows = await read_csv(member, "products/csv")
    assert [row["製品コード"] for row in rows] == ["ANALYTICS", "PLATFORM", "WORKFLOW", "CONNECTOR"]
    assert {k: rows[2][k] for k in ("契約数量", "割り当て済み", "空き", "単位")} == {
        "契約数量": "500",
        "割り当て済み": "320",
        "空き": "180",
        "単位": "ユーザ",
    }
    assert rows[3]["その他の製品"] == "はい"
    assert len(await read_csv(member, "products/csv?expired=1")) == 5
    for path in ("", "?expired=1"):
        html = (await member.get(f"/contracts/D-1001/products{path}")).text
        assert f'href="{URL}/products/xlsx{path}"' in html


async def test_allocations_have_a_line_for_each_and_for_empty_environments(
    member: httpx.AsyncClient,
) -> None:
    await fetch(
        "insert into environment (id, contract, name, sort_key, created_at)"
        " select gen_random_uuid(), id, '空の環境', 99, now() from contract where number = 'D-1001'"
    )
    rows = await read_csv(member, "allocations/csv")
    assert [(row["環境名"], row["製品コード"], row["割り当て済み"]) for row in rows] == [
        ("本番環境", "PLATFORM", "4"),
        ("本番環境", "WORKFLOW", "300"),
        ("検証環境", "PLATFORM", "1"),
        ("検証環境", "WORKFLOW", "20"),
        ("空の環境", "", ""),
    ]
    assert rows[0]["アクティベーション"] == "アクティベート済み"
    assert rows[4]["アクティベーション"] != rows[2]["アクティベーション"] != ""


async def test_activations_are_for_owners(
    owner: httpx.AsyncClient, member: httpx.AsyncClient
) -> None:
    rows = await read_csv(owner, "activations/csv")
    assert {(row["環境名"], row["製品コード"], row["数量"]) for row in rows} == {
        ("本番環境", "PLATFORM", "4"),
        ("本番環境", "WORKFLOW", "300"),
    }
    assert (await member.get(f"{URL}/activations/csv")).status_code == 404
    assert "/reports/activations/" not in (await member.get("/contracts/D-1001/environments")).text


async def test_a_workbook_has_numbers_dates_and_a_head_that_stays(
    owner: httpx.AsyncClient,
) -> None:
    await fetch("update environment set name = '=HYPERLINK(1)' where name = '検証環境'")
    answer = await owner.get(f"{URL}/allocations/xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None and sheet.freeze_panes == "A2" and sheet["A1"].font.bold
    heads = [cell.value for cell in sheet[1]]
    first = dict(zip(heads, sheet[2], strict=True))
    assert first["割り当て済み"].value == 4 and first["割り当て済み"].number_format == "#,##0"
    assert isinstance(first["利用開始日"].value, datetime) and first["利用開始日"].is_date
    names = {row[1].value: row[1].data_type for row in sheet.iter_rows(min_row=2)}
    assert names["=HYPERLINK(1)"] == "s", "a text, not a formula"


async def test_files_have_names_in_the_readers_language(portal: Portal) -> None:
    for code, name in (("member", "割り当て一覧"), ("english", "Allocations")):
        async with await portal.signed_in(code) as client:
            answer = await client.get(f"{URL}/allocations/xlsx")
        disposition = answer.headers["content-disposition"]
        assert unquote(disposition.split("filename*=UTF-8''")[1]).startswith(f"D-1001_{name}_20")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"].endswith("spreadsheetml.sheet")


async def test_each_download_is_in_the_history_and_asking_for_the_head_is_none(
    owner: httpx.AsyncClient,
) -> None:
    count = "select count(*) from audit_event where event_type = 'report-export'"
    await owner.head(f"{URL}/products/csv")
    assert await fetch_value(count) == 0
    await owner.get(f"{URL}/products/csv")
    assert await fetch_value(count) == 1
    assert "製品、CSV" in (await owner.get("/contracts/D-1001/history")).text


@pytest.mark.parametrize("path", ["products/pdf", "nothing/csv", "products", "activations/CSV"])
async def test_what_there_is_not_is_not_found(owner: httpx.AsyncClient, path: str) -> None:
    assert (await owner.get(f"{URL}/{path}")).status_code == 404


async def test_other_contracts_are_not_found(outsider: httpx.AsyncClient) -> None:
    for report in ("products", "allocations", "activations"):
        for format in ("csv", "xlsx"):
            assert (await outsider.get(f"{URL}/{report}/{format}")).status_code == 404


VALUES = st.one_of(
    st.none(),
    st.integers(0, 10**9),
    st.dates(date(1990, 1, 1), date(2200, 1, 1)),
    st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.builds(
        str.__add__,
        st.sampled_from(["", "=", "+", "-", "@", "\t", "\r", "＝", "'", "#N/A", "TRUE"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    ),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), VALUES), max_size=5))
def test_nothing_in_a_file_is_a_formula(rows: list[tuple[Value, Value]]) -> None:
    table = Table("表", ["=1+1", "@b"], rows, "Asia/Tokyo")
    text = write_csv(table).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline=""), strict=True):
        assert not any(cell.startswith(FORMULA_STARTS) for cell in row)
    sheet = load_workbook(io.BytesIO(write_xlsx(table))).active
    assert sheet is not None
    for written, cells in zip([table.heads, *rows], sheet.iter_rows(), strict=True):
        for value, cell in zip(written, cells, strict=True):
            assert cell.data_type not in {"f", "e"}
            if isinstance(value, int):
                assert cell.value == value

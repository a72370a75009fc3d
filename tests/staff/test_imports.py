"""Bulk import in the console: checked first, confirmed, imported by a worker, all or nothing."""

import asyncio
import csv
import io
import zipfile
from uuid import UUID

import httpx
import pytest
from openpyxl import load_workbook

from app.database import fetch, fetch_value
from app.housekeeping.tasks import sweep
from app.imports import work_services
from app.imports.rules import COLUMNS, MOST_ATTEMPTS, Kind
from app.imports.work_services import work_on_imports
from app.spreadsheets.csv_lines import BOM
from app.storage import open_storage
from tests.conftest import Portal
from tests.imports.test_files import FILES, READ, REFUSED, UNREADABLE
from tests.spreadsheets.books import book, sheet
from tests.staff.steps import confirmed, message

NEW = "/staff/imports/new"
COMPANIES = (
    "name,reading,corporate_group\n新しい会社,アタラシイカイシャ,\n次の会社,ツギノカイシャ,\n"
)
PEOPLE = "contract,email,role,language\nD-1001,new.person@example.com,member,ja\n"


async def _uploaded(
    client: httpx.AsyncClient, content: str | bytes = COMPANIES, name: str = "companies.csv"
) -> str:
    data = content.encode() if isinstance(content, str) else content
    answer = await client.post(NEW, files={"file": (name, data)})
    assert answer.status_code == 303, message(answer.text)
    return str(answer.headers["location"])


def _archive(**tables: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for kind, text in tables.items():
            archive.writestr(f"{kind}.csv", text)
    return file.getvalue()


async def _companies() -> int:
    count: int = await fetch_value("select count(*) from company")
    return count


async def test_a_file_is_checked_confirmed_and_imported(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    before = await _companies()
    page = await _uploaded(clerk, _archive(companies=COMPANIES, people=PEOPLE), "顧客.zip")
    assert "順番を待っています" in (await clerk.get(page)).text
    assert await work_on_imports(portal.settings)
    text = (await clerk.get(page)).text
    assert "決定待ち" in text and "誤りはありません" in text
    assert await _companies() == before, "the check adds nothing"
    answer = await clerk.post(page)
    confirm = await clerk.get(answer.headers["location"])
    assert "追加 2件、登録済み 0件" in confirm.text and "招待メール" in confirm.text
    done = await confirmed(clerk, answer.headers["location"])
    assert "取り込み中" in done.text and await _companies() == before, "a worker imports"
    assert await work_on_imports(portal.settings)
    assert "取り込み済み" in (await clerk.get(page)).text
    assert await _companies() == before + 2
    clerk_id = await fetch_value("select id from portal_user where code = 'clerk'")
    [event] = await fetch("select actor, subject from audit_event where event_type = 'import'")
    assert event["actor"] == clerk_id and event["subject"] == UUID(page.rsplit("/", 1)[1])
    assert not await work_on_imports(portal.settings), "nothing is done twice"
    assert [
        key async for key, _ in open_storage(portal.settings).files() if "imports/" in key
    ] == []


async def test_the_same_file_again_has_nothing_to_import(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    page = await _uploaded(clerk)
    await work_on_imports(portal.settings)
    await confirmed(clerk, (await clerk.post(page)).headers["location"])
    await work_on_imports(portal.settings)
    again = await _uploaded(clerk)
    await work_on_imports(portal.settings)
    text = (await clerk.get(again)).text
    assert "すべて登録済み" in text and f'action="{again}"' not in text


async def test_every_fault_is_shown_with_line_and_column_a_page_at_a_time(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    before = await _companies()
    bad = COMPANIES + "".join(f",ヨミ{n},\n" for n in range(150))
    page = await _uploaded(clerk, bad)
    await work_on_imports(portal.settings)
    first = await clerk.get(page)
    assert "誤り 150件" in first.text and first.text.count("<tr>") == 101
    second = await clerk.get(f"{page}?after=100")
    assert second.text.count("<tr>") == 51 and 'rel="next"' not in second.text
    file = await clerk.get(f"{page}/faults")
    lines = list(csv.reader(io.StringIO(file.text.removeprefix(BOM))))
    assert len(lines) == 151 and lines[1][:3] == ["companies", "4", "name"]
    assert await _companies() == before
    answer = await clerk.post(page)
    assert answer.headers["location"] == page, "what has faults cannot be confirmed"


async def test_what_came_in_between_is_found_by_the_import(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    page = await _uploaded(clerk)
    await work_on_imports(portal.settings)
    await confirmed(clerk, (await clerk.post(page)).headers["location"])
    await fetch(
        "insert into company (id, name, reading) values (gen_random_uuid(), '次の会社', 'ベツ')"
    )
    before = await _companies()
    await work_on_imports(portal.settings)
    assert "ベツ" in (await clerk.get(page)).text and await _companies() == before


async def test_a_file_is_thrown_away_and_cannot_be_imported_after(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    page = await _uploaded(clerk)
    await work_on_imports(portal.settings)
    importing = (await clerk.post(page)).headers["location"]
    answer = await clerk.post(f"{page}/discard")
    assert "破棄しました" in message((await confirmed(clerk, answer.headers["location"])).text)
    assert "状態が変わりました" in message((await confirmed(clerk, importing)).text)
    assert not await work_on_imports(portal.settings)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("顧客一覧.csv", COMPANIES, "何の一覧か分かりません"),
        ("x.txt", COMPANIES, ".xlsx"),
        ("companies.csv", "", "空です"),
    ],
)
async def test_a_file_of_another_kind_is_refused_at_once(
    clerk: httpx.AsyncClient, name: str, content: str, told: str
) -> None:
    answer = await clerk.post(NEW, files={"file": (name, content.encode())})
    assert answer.status_code == 422 and told in message(answer.text)
    assert "選んでください" in message((await clerk.post(NEW)).text)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"no workbook", "表のファイルではありません"),
        ("a.zip", b"no archive", "ファイルが壊れています"),
        ("companies.csv", b"name,reading,corporate_group\n", "行がありません"),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(
    portal: Portal, clerk: httpx.AsyncClient, name: str, content: bytes, told: str
) -> None:
    page = await _uploaded(clerk, content, name)
    await work_on_imports(portal.settings)
    text = (await clerk.get(page)).text
    assert "読み取り不可" in text and told in text


async def test_each_sample_of_other_programs_is_read_or_told(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    """As by `portal import`; tests/imports/test_files.py says what is right for each."""
    told = dict.fromkeys(READ, "決定待ち") | dict.fromkeys(REFUSED, "誤りあり")
    told |= dict.fromkeys(UNREADABLE, "読み取り不可") | {
        "template-with-date-cells.xlsx": "決定待ち"
    }
    assert set(told) == {
        str(file.relative_to(FILES)) for file in FILES.rglob("*") if file.is_file()
    }
    for name, state in told.items():
        page = await _uploaded(clerk, (FILES / name).read_bytes(), name.rsplit("/", 1)[-1])
        await work_on_imports(portal.settings)
        text = (await clerk.get(page)).text
        assert state in text, name
        for words in UNREADABLE.get(name, ()):
            assert words.strip("“”") in text, name
        if state == "決定待ち":
            # Ten files of one person may wait.
            await confirmed(clerk, (await clerk.post(f"{page}/discard")).headers["location"])


async def test_what_is_not_read_is_told_before_the_decision(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    companies = sheet(["name", "reading", "corporate_group"], ["試験会社", "シケン", ""])
    page = await _uploaded(clerk, book({"メモ": sheet(["x"]), "companies": companies}), "a.xlsx")
    await work_on_imports(portal.settings)
    assert "読み取りません：メモ" in (await clerk.get(page)).text


async def test_a_file_that_kills_its_workers_is_given_up(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    page = await _uploaded(clerk)
    await fetch(
        "insert into bulk_import_progress (id, import, phase, lines, attempts)"
        " select gen_random_uuid(), id, 'reading', 0, $1 from bulk_import",
        MOST_ATTEMPTS,
    )
    await work_on_imports(portal.settings)
    assert "中断しました" in (await clerk.get(page)).text


async def test_one_worker_at_a_time_has_an_import(portal: Portal, clerk: httpx.AsyncClient) -> None:
    await _uploaded(clerk)
    done = await asyncio.gather(*(work_on_imports(portal.settings) for _ in range(3)))
    assert done.count(True) == 1
    assert await fetch_value("select attempts from bulk_import_progress") == 1


async def test_progress_is_shown_as_a_fragment_that_asks_again_until_it_is_done(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    page = await _uploaded(clerk)
    await fetch(
        "insert into bulk_import_progress (id, import, phase, lines, attempts)"
        " select gen_random_uuid(), id, 'reading', 12000, 1 from bulk_import"
    )
    assert (await clerk.get(f"{page}/progress")).status_code == 303, "by itself it is no page"
    clerk.headers["HX-Request"] = "true"
    clerk.event_hooks = {}
    waiting = (await clerk.get(f"{page}/progress")).text
    assert "12,000行" in waiting and f'data-hx-get="{page}/progress"' in waiting
    await fetch("update bulk_import set moved_at = now() - interval '1 hour'")
    assert "data-hx-get" not in (await clerk.get(f"{page}/progress")).text, "a session may end"
    await work_on_imports(portal.settings)
    done = (await clerk.get(f"{page}/progress")).text
    assert "確認が終わりました" in done and "load delay" not in done


async def test_a_viewer_sees_imports_and_cannot_begin_one(
    portal: Portal, clerk: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    page = await _uploaded(clerk)
    await work_on_imports(portal.settings)
    text = (await auditor.get(page)).text
    assert "決定待ち" in text and "<form method" not in text.split("<main", 1)[1]
    assert (await auditor.get(NEW)).status_code == 404
    assert NEW not in (await auditor.get("/staff/imports")).text


async def test_the_template_and_the_export_are_what_can_be_imported(
    portal: Portal, staff: httpx.AsyncClient
) -> None:
    book = load_workbook(io.BytesIO((await staff.get("/staff/imports/template")).content))
    assert book.sheetnames == list(Kind)
    answer = await staff.get("/staff/imports/export")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == sorted(f"{kind}.csv" for kind in Kind)
        head = archive.read("people.csv").decode("utf-8-sig").splitlines()[0]
    assert head == ",".join(COLUMNS[Kind.PEOPLE])
    assert (
        await fetch_value("select count(*) from audit_event where event_type = 'bulk-export'") == 1
    )
    page = await _uploaded(staff, answer.content, "export.zip")
    await work_on_imports(portal.settings)
    assert "すべて登録済み" in (await staff.get(page)).text


async def test_what_nobody_decided_is_thrown_away_and_results_are_forgotten(
    portal: Portal, clerk: httpx.AsyncClient
) -> None:
    page, storage = await _uploaded(clerk), open_storage(portal.settings)
    await work_on_imports(portal.settings)
    await fetch("update bulk_import set moved_at = now() - interval '49 hours'")
    await sweep(storage)
    assert "破棄済み" in (await clerk.get(page)).text
    await fetch("update bulk_import set moved_at = now() - interval '31 days'")
    await sweep(storage)
    assert (await clerk.get(page)).status_code == 404


async def test_an_import_that_breaks_off_leaves_nothing_and_begins_anew(
    portal: Portal, clerk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: object) -> None:
        raise asyncio.CancelledError

    before, page = await _companies(), await _uploaded(clerk)
    await work_on_imports(portal.settings)
    await confirmed(clerk, (await clerk.post(page)).headers["location"])
    with monkeypatch.context() as patched:
        patched.setattr(work_services, "_settle", die)
        with pytest.raises(asyncio.CancelledError):
            await work_on_imports(portal.settings)
    assert await _companies() == before
    assert await work_on_imports(portal.settings)
    assert await _companies() == before + 2

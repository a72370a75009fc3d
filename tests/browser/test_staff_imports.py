"""A bulk import with the mouse, by keyboard alone, and without JavaScript."""

from pathlib import Path

import pytest

from app.database import fetch_value
from app.imports.work_services import work_on_imports
from app.settings import Settings
from tests.browser.conftest import CastMaker
from tests.browser.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _work(person: Person, settings: Settings) -> None:
    """Have the file worked on, here or by the portal itself; the page with a script finds out."""
    while await fetch_value(
        "select count(*) from bulk_import where state in ('checking', 'importing')"
    ):
        await work_on_imports(settings)
    if not person.script:
        await person.reload()


@pytest.mark.parametrize("mode", ["mouse", "keyboard", "no-script"])
async def test_a_file_is_checked_and_imported(
    make_cast: CastMaker, tmp_path: Path, mode: str
) -> None:
    file = tmp_path / "companies.csv"
    file.write_text("name,reading,corporate_group\n新しい会社,アタラシイカイシャ,\n", "utf-8")
    async with make_cast(mode) as cast:
        person = await cast.person("clerk")
        await person.visit("/staff/imports")
        await person.press("取り込むファイルを選ぶ")
        await person.press("内容を確認")
        await person.sees_error("ファイルを選んでください")
        await person.upload("ファイル", file)
        await person.press("内容を確認")
        await person.sees_heading("companies.csv")
        await _work(person, cast.site.settings)
        await person.sees("誤りはありません")
        await cast.look(person)
        await person.press("取り込む")
        await person.press("決定")
        await _work(person, cast.site.settings)
        await person.sees("追加したもの")

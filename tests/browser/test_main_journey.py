"""From nothing to an activated system: the portal in a browser, the licensed system for real."""

import pytest
from playwright.async_api import expect

from tests.browser.cast import Cast
from tests.browser.conftest import CastMaker
from tests.browser.journeys.sign_in import PASSWORD
from tests.browser.matrix import EVERYBODY
from tests.browser.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
NAME = "第二工場"
SAMPLE = [("mouse", "ja"), ("keyboard", "en"), ("no-script", "ja")]
REMAINDER = [
    pytest.param(mode, language, marks=pytest.mark.remainder)
    for mode, language in EVERYBODY.cells
    if (mode, language) not in SAMPLE
]


async def _log_in(cast: Cast) -> Person:
    await cast.site.set_language("owner", cast.language)
    person = await cast.visitor()
    await person.visit("/")
    await person.fill("ユーザコードまたはメールアドレス", "owner")
    await person.fill("パスワード", PASSWORD)
    await person.press("ログイン")
    await person.sees_heading("ホーム")
    return person


async def _make_environment(person: Person) -> None:
    await person.press("サイトマップ")
    await person.press("ご契約一覧")
    await person.press("基幹システム契約")
    await person.press("環境")
    await person.press("新しい環境を作成")
    await person.fill("環境名", NAME)
    await person.fill("ソートキー", "30")
    await person.press("登録")
    await person.sees(NAME)
    await person.press("決定")
    await person.sees_status(NAME)


async def _allocate(person: Person) -> None:
    await person.press("割り当て", NAME)
    await person.fill("業務基盤プラットフォーム", "3")
    await person.fill("ワークフロー", "１５０")
    await person.press("割り当て")
    await person.press("決定")
    await person.sees_status(NAME)


async def _is_at(person: Person, step: str) -> None:
    """The flow says which of its steps the page is."""
    current = person.page.locator("[aria-current=step]")
    await expect(current).to_have_text(person.word(step))


@pytest.mark.parametrize(("mode", "language"), [*SAMPLE, *REMAINDER])
async def test_from_log_in_to_a_system_that_runs_licensed(
    make_cast: CastMaker, capsys: pytest.CaptureFixture[str], mode: str, language: str
) -> None:
    async with make_cast(mode, language) as cast:
        plant = cast.licensed_system()
        assert plant.status(capsys) == (4, {})
        person = await _log_in(cast)
        await _make_environment(person)
        await _allocate(person)
        await person.press("利用", NAME)
        await _is_at(person, "登録｜ファイル")
        await person.upload("アクティベーションリクエストファイル", plant.request())
        await person.press("登録｜ファイル")
        await person.sees("製造ライン1")
        await _is_at(person, "確認")
        await person.press("決定")
        await _is_at(person, "ダウンロード")
        file = await person.download("ダウンロード", cast.folder)
        assert file.name.startswith("activation-D-1001-") and file.name.endswith("-1.jwt")
        await person.reload()
        await _is_at(person, "システムで適用")
        plant.activate(file)
        assert plant.status(capsys) == (0, {"PLATFORM": 3, "WORKFLOW": 150})


async def test_a_changed_allocation_asks_for_a_new_activation(
    make_cast: CastMaker, capsys: pytest.CaptureFixture[str]
) -> None:
    async with make_cast() as cast:
        plant = cast.licensed_system()
        person = await _log_in(cast)
        await person.visit("/contracts/D-1001/environments")
        for quantity in ("2", "3"):
            await person.press("割り当て", "検証環境")
            await person.fill("業務基盤プラットフォーム", quantity)
            await person.press("割り当て")
            await person.press("決定")
            await person.press("利用", "検証環境")
            await person.upload("アクティベーションリクエストファイル", plant.request())
            await person.press("登録｜ファイル")
            await cast.look(person)
            await person.press("決定")
            plant.activate(await person.download("ダウンロード", cast.folder))
            assert plant.status(capsys)[1]["PLATFORM"] == int(quantity)
            await person.visit("/contracts/D-1001/environments")
        await person.press("割り当て", "検証環境")
        await person.fill("業務基盤プラットフォーム", "1")
        await person.press("割り当て")
        await person.press("決定")
        await person.sees("再アクティベートが必要")
        await person.press("利用", "検証環境")
        await cast.look(person)

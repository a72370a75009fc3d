"""How many steps five tasks take in the portal, counted while Chromium walks them.

    python -m benchmarks.steps

A step is a click, a key, or a field that is filled in, however long its text. Every task begins on
the page that the person sees first and ends when it is done. "Before" is what the same tasks took
in the portal of November 2026 before its new look (commit 14315f7).
"""

import asyncio
import logging
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from app.audit.services import record
from app.cli.runtime import with_demo_secrets
from app.clock import today
from app.database import fetch, fetch_value, unit_of_work
from app.database.embedded import EmbeddedServer
from app.quotes.rules import Wish
from app.quotes.services import Wanted, request_quote
from app.settings import read_settings
from app.web.logs import configure_logs
from benchmarks.figures import Figure, show
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.journeys.sign_in import OWN_PASSWORD, PASSWORD
from tests.browser.people import Mouse
from tests.browser.plant import LicensedSystem
from tests.browser.site import Site, serve
from tests.conftest import Stage, make_template
from tests.environments.steps import entitlement, environment
from tests.people.post import user_id

ENVIRONMENTS = 72
REQUEST_FILE = "アクティベーションリクエストファイル"


class Counter(Mouse):
    """Points and clicks, and counts it."""

    steps = 0

    async def press(self, words: str, about: str = "") -> None:
        self.steps += 1
        await super().press(words, about)

    async def fill(self, label: str, text: str) -> None:
        self.steps += 1
        await super().fill(label, text)

    async def tick(self, label: str) -> None:
        self.steps += 1
        await super().tick(label)

    async def choose(self, label: str, option: str) -> None:
        self.steps += 1
        await super().choose(label, option)

    async def upload(self, label: str, file: Path) -> None:
        self.steps += 1
        await super().upload(label, file)

    async def download(self, words: str, folder: Path, about: str = "") -> Path:
        self.steps += 1
        return await super().download(words, folder, about)


@dataclass(frozen=True)
class Room:
    """What a task needs: the portal, a browser, and a folder for files."""

    site: Site
    browser: Browser
    folder: Path

    async def person(self, code: str = "") -> Counter:
        """One of the demo's people at their first page, or somebody who has yet to sign in."""
        context = await self.browser.new_context(locale="ja-JP", accept_downloads=True)
        if code:
            await self.site.sign_in(context, code)
        person = Counter(await context.new_page(), self.site.url, "ja")
        await person.visit("/" if code else "/login")
        return person

    def request_file(self) -> Path:
        """The file that a licensed system makes."""
        root = self.site.settings.data_dir / "trust" / "root.pem"
        return LicensedSystem(self.folder, root, "ja").request()


async def first_system(room: Room) -> Counter:
    """Sign in for the first time, create an environment, allocate, activate."""
    person = await room.person()
    await person.fill("ユーザコードまたはメールアドレス", "newcomer")
    await person.fill("パスワード", PASSWORD)
    await person.press("ログイン")
    await person.tick("利用規約に同意する")
    await person.press("登録")
    await person.fill("新しいパスワード", OWN_PASSWORD)
    await person.fill("新しいパスワード（確認）", OWN_PASSWORD)
    await person.press("変更")
    await person.press("新しい環境を作成")
    await person.fill("環境名", "本番環境")
    await person.press("登録")
    await person.press("決定")
    await person.press("続けて製品を割り当てる")
    await person.fill("業務基盤プラットフォーム", "2")
    await person.press("割り当て")
    await person.press("決定")
    await person.press("アクティベートへ")
    await _activate(person, room)
    return person


async def _activate(person: Counter, room: Room) -> None:
    await person.upload(REQUEST_FILE, room.request_file())
    await person.press("登録")
    await person.press("決定")
    await person.download("ダウンロード", room.folder)


async def one_of_many(room: Room) -> Counter:
    """Find one of 72 environments, and raise its quantity."""
    await _add_environments()
    person = await room.person("owner")
    await person.press("環境", "基幹システム契約")
    await person.fill("環境名・備考・グループ会社", "第61工場")
    await person.press("検索")
    await person.press("割り当て", "第61工場")
    await person.fill("ワークフロー", "3")
    await person.press("割り当て")
    await person.press("決定")
    return person


async def tenth_system(room: Room) -> Counter:
    """Activate the tenth of many systems."""
    await _add_environments()
    person = await room.person("owner")
    await person.press("環境", "基幹システム契約")
    await person.press("利用", "第10工場")
    await _activate(person, room)
    return person


async def quote(room: Room) -> Counter:
    """Answer a quote request, and apply it to the contract."""
    wanted = Wanted(Wish.CHANGE, await entitlement("WORKFLOW"), quantity=600)
    contract = await fetch_value("select id from contract where number = 'D-1001'")
    made = await request_quote(
        None, contract=contract, wanted=[wanted], note="", actor=await user_id("owner")
    )
    person = await room.person("clerk")
    await person.press(made.reference)
    await person.fill("メッセージ", "お見積です。")
    await person.press("回答")
    await person.press("決定")
    await person.press("ご契約に反映")
    await person.press("変更内容を確認")
    await person.press("決定")
    return person


async def released(room: Room) -> Counter:
    """Find who released a quantity, among a month of activity."""
    await _release()
    person = await room.person("owner")
    await person.press("基幹システム契約")
    await person.press("操作履歴")
    await person.choose("操作", "環境「…」が保持していた数を解放しました（…）")
    await person.fill("開始日", f"{today('Asia/Tokyo').replace(day=1):%Y-%m-%d}")
    await person.press("検索")
    await person.sees("が保持していた数を解放しました")
    return person


async def _add_environments() -> None:
    """Fill D-1001 up to 72 environments, each of the new ones with a user of Workflow."""
    await fetch(
        "with made as (insert into environment (id, contract, name, sort_key, revision, created_at)"
        " select gen_random_uuid(), c.id, '第' || to_char(n, 'FM00') || '工場', 100 + n, 1, now()"
        " from contract c, generate_series(1, $1) n where c.number = 'D-1001'"
        " returning id, contract)"
        " insert into allocation (id, contract, environment, entitlement, quantity)"
        " select gen_random_uuid(), contract, id, $2, 1 from made",
        ENVIRONMENTS - 2,
        await entitlement("WORKFLOW"),
    )


async def _release() -> None:
    """Note that one of the staff released what an environment held."""
    contract = await fetch_value("select id from contract where number = 'D-1001'")
    async with unit_of_work():
        await record(
            "activation-release",
            actor=await user_id("clerk"),
            contract=contract,
            subject=await environment(),
            reason="故障",
        )


Task = Callable[[Room], Awaitable[Counter]]
# With what each took at commit 14315f7, which had no search for environments but a second page.
TASKS: list[tuple[str, Task, int]] = [
    ("a newcomer's first activated system", first_system, 24),
    ("find one of 72 environments, raise its quantity", one_of_many, 7),
    ("activate the tenth system", tenth_system, 7),
    ("answer and apply a quote (staff)", quote, 8),
    ("find who released a quantity this month", released, 5),
]


def main() -> int:
    """Walk every task on a demo world of its own, and print the steps."""
    configure_logs(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        settings = read_settings({"PORTAL_DATA_DIR": folder}, demo=True)
        settings = with_demo_secrets(replace(settings, data_dir=data_dir))
        with EmbeddedServer(data_dir) as addresses:
            asyncio.run(make_template(addresses, settings))
            figures = asyncio.run(_walk_all(Stage(addresses, settings), data_dir))
    show(*figures)
    return 0


async def _walk_all(stage: Stage, folder: Path) -> list[Figure]:
    program = find_chromium()
    if program is None:
        sys.exit("there is no Chromium")
    figures = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        for number, (what, task, before) in enumerate(TASKS):
            place = folder / f"task-{number}"
            place.mkdir()
            async with serve(stage) as site:
                steps = (await task(Room(site, browser, place))).steps
            goal, sample = f"≤ {before} steps", "clicks, keys and fields"
            figures.append(Figure(what, goal, f"{steps} steps", sample, steps <= before))
        await browser.close()
    return figures


if __name__ == "__main__":
    sys.exit(main())

"""まとめてアクティベート: request files in one ZIP, chosen, confirmed, and one ZIP back."""

import zipfile
from pathlib import Path

from tests.browser.cast import Cast
from tests.browser.journeys.environments import LIST
from tests.browser.journeys.parallel_operations import second_system
from tests.browser.matrix import Journey
from tests.browser.people import Person

FIELD = "アクティベーションリクエストファイル｜まとめて"
PLACE = {"ja": "製造ライン1 の環境", "en": "Environment of 製造ライン1"}
DAYS = {
    "ja": "並行稼働の日数 検証環境 （任意）",
    "en": "Days of parallel operation 検証環境 (optional)",
}
LATE = {"ja": "処理できないファイルがあります", "en": "can no longer be answered"}


async def walk(cast: Cast) -> None:
    """No file, no environment, the same files in two browsers, and a system that runs."""
    await cast.site.make_owner("member", "D-1001")
    plant = cast.licensed_system()
    archive = cast.folder / "requests.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.write(plant.request(), "line1/activation-request.jwt")
        out.writestr("memo.txt", "not a request\n")
    person, other = await cast.person("owner"), await cast.person("member")
    await person.visit(LIST)
    await person.press("まとめてアクティベート")
    await cast.look(person)
    await person.press("登録｜ファイル")
    await person.sees_error("入力内容を確認してください")
    await _upload(person, archive)
    await cast.look(person)
    await person.press("確認｜ファイル")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("error", person)
    await _choose(cast, person)
    await cast.look(person)
    await other.visit(LIST)
    await other.press("まとめてアクティベート")
    await _upload(other, archive)
    await _choose(cast, other)
    await person.press("決定")
    await person.sees("activations-D-1001.zip")
    await other.press("決定")
    await other.sees_error(LATE[cast.language])
    await cast.reached("conflict", other)
    file = await person.download("ダウンロード", cast.folder)
    plant.activate(file)
    await person.reload()
    await cast.reached("done", person)
    await _move(cast, person)


async def _move(cast: Cast, person: Person) -> None:
    """A new system for the same environment, with the old one in parallel for some days."""
    archive = cast.folder / "move.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.write(second_system(cast, "検証環境").request(), "new/activation-request.jwt")
        out.writestr("memo.txt", "not a request\n")
    await person.visit(LIST)
    await person.press("まとめてアクティベート")
    await _upload(person, archive)
    await person.fill(DAYS[cast.language], "31")
    await person.press("確認｜ファイル")
    await person.sees_error("並行稼働の日数")
    await cast.look(person)
    await person.fill(DAYS[cast.language], "7")
    await person.press("確認｜ファイル")
    await person.sees("旧システムの並行稼働")
    await cast.look(person)
    await person.press("決定")
    await person.sees("activations-D-1001.zip")
    await cast.look(person)


async def _upload(person: Person, archive: Path) -> None:
    await person.upload(FIELD, archive)
    await person.press("登録｜ファイル")
    await person.sees("memo.txt")


async def _choose(cast: Cast, person: Person) -> None:
    await person.fill(PLACE[cast.language], "検証環境")
    await person.press("確認｜ファイル")
    await person.sees("検証環境 – 製造ライン1")


ACTIVATION_BATCH = Journey(
    "activate several: upload a ZIP, choose, confirm, download",
    walk,
    {"empty": "the page is a form for files and lists nothing before there are some"},
)

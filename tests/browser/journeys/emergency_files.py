"""緊急用アクティベーション: a file that one of two owners makes, and a system that runs on it."""

from tests.browser.cast import Cast
from tests.browser.journeys.environments import LIST
from tests.browser.matrix import Journey
from tests.browser.people import Person

NAME = "検証環境"
READY = {"ja": "この緊急用ファイルはまだ使えます", "en": "can still be used"}


async def walk(cast: Cast) -> None:
    """None yet, the same place in two browsers, a download, and the command on the system."""
    await cast.site.make_owner("member", "D-1001")
    plant = cast.licensed_system()
    person, other = await cast.person("owner"), await cast.person("member")
    await _open(person)
    await cast.look(person)
    await cast.reached("empty", person)
    await _open(other)
    await person.press("緊急用ファイルを作成")
    await cast.look(person)
    await other.press("緊急用ファイルを作成")
    await person.press("決定")
    await person.sees("emergency-D-1001-検証環境-1.jwt")
    await cast.look(person)
    await other.press("決定")
    await other.sees_error(READY[cast.language])
    await cast.reached("conflict", other)
    about = f"{person.word('緊急用ファイル')} 1"
    file = await person.download("ダウンロード", cast.folder, about)
    assert plant.run("emergency", str(file)) == 0
    await person.reload()
    await cast.reached("done", person)


async def _open(person: Person) -> None:
    await person.visit(LIST)
    await person.press("利用", NAME)
    await person.press("緊急用ファイル一覧")


EMERGENCY_FILE = Journey(
    "emergency file: make, confirm, download, use",
    walk,
    {"error": "there is nothing to enter"},
)

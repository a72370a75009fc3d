"""並行稼働: a move in which the old system goes on, and two owners who end that."""

from tests.browser.cast import Cast
from tests.browser.journeys.environments import LIST
from tests.browser.matrix import Journey
from tests.browser.people import Person
from tests.browser.plant import LicensedSystem

NAME = "検証環境"
NEW = "製造ライン2"
ENDED = {"ja": "並行稼働を終了しました", "en": "has ended"}


async def walk(cast: Cast) -> None:
    """An old system, too many days, the choice, the move, and the early end by two at once."""
    await cast.site.make_owner("member", "D-1001")
    old, new = cast.licensed_system(), second_system(cast)
    person, other = await cast.person("owner"), await cast.person("member")
    await _upload(person, old)
    await person.press("決定")
    old.activate(await person.download("ダウンロード", cast.folder))
    await _upload(person, new)
    await cast.look(person)
    await person.press("旧システムを並行稼働する")
    await cast.look(person)
    await person.fill("並行稼働の日数", "31")
    await person.press("次へ")
    await person.sees_error("並行稼働の日数")
    await person.finds("並行稼働の日数", "31")
    await cast.reached("error", person)
    await person.fill("並行稼働の日数", "７")
    await person.press("次へ")
    await person.sees("旧システムの並行稼働")
    await cast.look(person)
    await person.press("決定")
    new.activate(await person.download("ダウンロード", cast.folder))
    for each in (person, other):
        await each.visit(LIST)
        await each.press("利用", NAME)
        await each.sees(NEW)
    await cast.look(person)
    for each in (person, other):
        await each.press("並行稼働を終了")
    await cast.look(person)
    await person.press("決定")
    await person.sees_status(ENDED[cast.language])
    await cast.reached("done", person)
    await other.press("決定")
    await other.sees_status(ENDED[cast.language])
    await cast.reached("conflict", other)


async def _upload(person: Person, system: LicensedSystem) -> None:
    await person.visit(LIST)
    await person.press("利用", NAME)
    await person.upload("アクティベーションリクエストファイル", system.request())
    await person.press("登録｜ファイル")


def second_system(cast: Cast, name: str = NEW) -> LicensedSystem:
    """Return a system of its own beside the one that `licensed_system` gives."""
    folder = cast.folder / "new"
    folder.mkdir()
    root = cast.site.settings.data_dir / "trust" / "root.pem"
    return LicensedSystem(folder, root, cast.language, name)


PARALLEL_OPERATION = Journey(
    "move with the old system in parallel, end it early",
    walk,
    {"empty": "without an old system in parallel, the page has no such part"},
)

"""Owners make, change and retire environments."""

from app.database import fetch
from tests.browser.cast import Cast
from tests.browser.matrix import Journey

LIST = "/contracts/D-1001/environments"


async def walk_creation(cast: Cast) -> None:
    """The first environment of a contract; then one whose name is taken before 決定."""
    person = await cast.settled_newcomer()
    await person.visit("/contracts/D-1004/environments")
    await cast.reached("empty", person)
    await person.press("新しい環境を作成")
    await cast.look(person)
    await person.fill("ソートキー", "三")
    await person.press("登録")
    await person.sees_error("入力内容を確認してください")
    await person.finds("ソートキー", "三")
    await cast.reached("error", person)
    await person.fill("環境名", "店舗サーバ")
    await person.fill("ソートキー", "５")
    await person.press("登録")
    await person.sees("店舗サーバ")
    await cast.look(person)
    await _take_name("D-1004", "店舗サーバ")
    await person.press("決定")
    await person.sees_error("入力内容を確認してください")
    await person.finds("環境名", "店舗サーバ")
    await cast.reached("conflict", person)
    await person.fill("環境名", "新宿店サーバ")
    await person.press("登録")
    await person.press("戻る")
    await person.finds("環境名", "新宿店サーバ")
    await person.press("登録")
    await person.press("決定")
    await person.sees_status("新宿店サーバ")
    assert person.page.url.startswith(f"{person.base}/contracts/D-1004/environments?created=")
    await cast.reached("done", person)


async def _take_name(number: str, name: str) -> None:
    await fetch(
        "insert into environment (id, contract, name, sort_key, revision, created_at)"
        " select gen_random_uuid(), id, $2, 1, 1, now() from contract where number = $1",
        number,
        name,
    )


async def walk_change(cast: Cast) -> None:
    """Two owners change the same environment; the second one sees it and decides."""
    await cast.site.make_owner("member", "D-1001")
    person, other = await cast.person("owner"), await cast.person("member")
    await person.visit(LIST)
    await person.press("編集", "検証環境")
    await person.finds("環境名", "検証環境")
    await cast.look(person)
    await person.fill("環境名", "")
    await person.press("更新")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("error", person)
    await person.fill("環境名", "検証環境 A")
    await person.press("更新")
    await cast.look(person)
    await other.visit(LIST)
    await other.press("編集", "検証環境")
    await other.fill("ソートキー", "25")
    await other.press("更新")
    await other.press("決定")
    await other.sees_status("検証環境")
    await person.press("決定")
    await person.sees_error("入力内容を確認してください")
    await person.finds("環境名", "検証環境 A")
    await cast.reached("conflict", person)
    await person.press("更新")
    await person.press("決定")
    await person.sees_status("検証環境 A")
    await cast.reached("done", person)


async def walk_retirement(cast: Cast) -> None:
    """Retired meanwhile; with nothing allocated; with counts in a running activation."""
    await cast.site.make_owner("member", "D-1001")
    person, other = await cast.person("owner"), await cast.person("member")
    await person.visit(LIST)
    await person.press("編集", "検証環境")
    await person.press("廃止", "検証環境")
    await cast.look(person)
    await other.visit(LIST)
    await other.press("編集", "検証環境")
    await other.press("廃止", "検証環境")
    await other.press("決定")
    await other.sees_status("検証環境")
    await person.press("決定")
    await person.sees_heading("この操作は行えなくなりました")
    await cast.reached("conflict", person)
    await _take_name("D-1001", "空の環境")
    await person.visit(LIST)
    await person.press("編集", "空の環境")
    await person.press("廃止", "空の環境")
    await cast.reached("empty", person)
    await person.press("決定")
    await person.press("編集", "本番環境")
    await person.press("廃止", "本番環境")
    await cast.look(person)
    await person.press("決定")
    await person.sees_status("本番環境")
    await cast.reached("done", person)
    await person.press("製品")
    await cast.look(person)


CREATION = Journey("create environment", walk_creation)
CHANGE = Journey(
    "edit environment", walk_change, {"empty": "the form opens with what the environment has"}
)
RETIREMENT = Journey(
    "retire environment", walk_retirement, {"error": "there is nothing to fill in"}
)

"""利用: a request file in, an activation file out; and giving an activation back."""

from tests.browser.cast import Cast
from tests.browser.journeys.environments import LIST
from tests.browser.matrix import Journey

NEVER = {"ja": "一度もアクティベートされていない", "en": "never been activated"}
REPEATED = {"ja": "同じアクティベーションを表示", "en": "This file has already been answered"}


async def walk_activation(cast: Cast) -> None:
    """No file, a wrong file, the same file in two browsers, and a system that runs."""
    await cast.site.make_owner("member", "D-1001")
    plant = cast.licensed_system()
    request = plant.request()
    wrong = cast.folder / "memo.txt"
    wrong.write_text("not a request\n", encoding="utf-8")
    person, other = await cast.person("owner"), await cast.person("member")
    await person.visit(LIST)
    await person.press("利用", "検証環境")
    await cast.reached("empty", person)
    await person.press("登録｜ファイル")
    await person.sees_error("アクティベーションリクエストファイル")
    await cast.look(person)
    await person.upload("アクティベーションリクエストファイル", wrong)
    await person.press("登録｜ファイル")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("error", person)
    await person.upload("アクティベーションリクエストファイル", request)
    await person.press("登録｜ファイル")
    await person.sees("製造ライン1")
    await cast.look(person)
    await other.visit(LIST)
    await other.press("利用", "検証環境")
    await other.upload("アクティベーションリクエストファイル", request)
    await other.press("登録｜ファイル")
    await other.press("決定")
    await person.press("決定")
    await person.sees(REPEATED[cast.language])
    await cast.reached("conflict", person)
    file = await person.download("ダウンロード", cast.folder)
    plant.activate(file)
    await person.visit(LIST)
    await person.press("利用", "検証環境")
    await cast.reached("done", person)


async def walk_return(cast: Cast) -> None:
    """A return of what was never activated, of what is activated, and twice at once."""
    await cast.site.make_owner("member", "D-1001")
    plant = cast.licensed_system()
    person, other = await cast.person("owner"), await cast.person("member")
    await person.visit(LIST)
    await person.press("利用", "検証環境")
    await person.upload("アクティベーションリクエストファイル", plant.request())
    await person.press("登録｜ファイル")
    await person.press("決定")
    plant.activate(await person.download("ダウンロード", cast.folder))
    given_back = plant.give_back()
    await person.visit(LIST)
    await person.press("新しい環境を作成")
    await person.fill("環境名", "別の環境")
    await person.fill("ソートキー", "30")
    await person.press("登録")
    await person.press("決定")
    await person.press("割り当て", "別の環境")
    await person.fill("業務基盤プラットフォーム", "1")
    await person.press("割り当て")
    await person.press("決定")
    await person.press("利用", "別の環境")
    await person.upload("アクティベーションリクエストファイル", given_back)
    await person.press("登録｜ファイル")
    await person.sees_error(NEVER[cast.language])
    await cast.reached("error", person)
    for each in (person, other):
        await each.visit(LIST)
        await each.press("利用", "検証環境")
        await each.upload("アクティベーションリクエストファイル", given_back)
        await each.press("登録｜ファイル")
    await cast.look(person)
    await person.press("決定")
    await person.sees("返却済み")
    await cast.reached("done", person)
    await other.press("決定")
    await cast.reached("conflict", other)


ACTIVATION = Journey("activate: upload, confirm, download", walk_activation)
RETURN = Journey(
    "return", walk_return, {"empty": "the page is that of the journey activate, with a history"}
)

"""サービスアカウント: make one, see its token once, renew the token, revoke."""

from tests.browser.cast import Cast
from tests.browser.journeys.invitations import MEMBERS
from tests.browser.matrix import Journey
from tests.browser.people import Person

NAME = "build-01"
LIST = "/contracts/D-1001/service-accounts"
CHANGED = {"ja": "変更", "en": "changed"}


async def walk(cast: Cast) -> None:
    """An owner makes an account and renews its token; so does another at the same time."""
    person, other = await cast.person("owner"), await cast.person("owner")
    await person.visit(MEMBERS)
    await person.press("サービスアカウント")
    await person.sees("このご契約にはサービスアカウントがありません。")
    await cast.reached("empty", person)
    await person.press("サービスアカウントを作成")
    await person.press("作成")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("error", person)
    await person.fill("アカウント名", NAME)
    await person.choose("権限", person.word("運用"))
    await person.press("作成")
    await cast.look(person)
    await person.press("決定")
    await person.sees("lp1_c")
    await cast.look(person)
    await person.reload()
    await person.does_not_see("lp1_c")
    await _begin_renewal(cast, person)
    await _begin_renewal(cast, other)
    await other.press("決定")
    await other.sees("lp1_c")
    await person.press("決定")
    await person.sees_error(CHANGED[cast.language])
    await person.does_not_see("lp1_c")
    await cast.reached("conflict", person)
    await person.visit(LIST)
    await person.press(NAME)
    await person.press("失効", NAME)
    await cast.look(person)
    await person.press("決定")
    await person.sees_status(NAME)
    await person.sees("失効")
    await cast.reached("done", person)


async def _begin_renewal(cast: Cast, person: Person) -> None:
    await person.visit(LIST)
    await person.press(NAME)
    await person.press("トークンを再発行")
    await cast.look(person)
    await person.press("作成")


SERVICE_ACCOUNTS = Journey("service accounts: token, renewal, revocation", walk)

"""Webhook: make one, see its secret once, send a test event, change it, pause it, remove it."""

from tests.browser.cast import Cast
from tests.browser.journeys.invitations import MEMBERS
from tests.browser.matrix import Journey
from tests.browser.people import Person

NAME = "CRM"
LIST = "/contracts/D-1001/webhooks"
CHANGED = {"ja": "変更", "en": "changed"}


async def walk(cast: Cast) -> None:
    """An owner makes a webhook and changes it; so does another at the same time."""
    person, other = await cast.person("owner"), await cast.person("owner")
    await person.visit(MEMBERS)
    await person.press("Webhook")
    await person.sees("Webhookはありません。")
    await cast.reached("empty", person)
    await person.press("Webhookを作成")
    await person.press("作成")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("error", person)
    await person.fill("Webhook名", NAME)
    await person.choose("受信側", person.word("自社システム（署名付きJSON）"))
    await person.fill("アドレス（URL）", "https://hooks.example.com/portal")
    await person.untick("お知らせの公開")
    await person.press("作成")
    await cast.look(person)
    await person.press("決定")
    await person.sees("whsec_")
    await cast.look(person)
    await person.reload()
    await person.does_not_see("whsec_")
    await _send_test(cast, person)
    await _begin_change(cast, person)
    await _begin_change(cast, other)
    await other.press("決定")
    await other.sees_status(NAME)
    await person.press("決定")
    await person.sees_error(CHANGED[cast.language])
    await cast.reached("conflict", person)
    await person.visit(LIST)
    await person.press(NAME)
    await person.press("一時停止")
    await person.press("決定")
    await person.sees("一時停止中")
    await cast.look(person)
    await person.press("削除", NAME)
    await cast.look(person)
    await person.press("決定")
    await person.sees_status(NAME)
    await cast.reached("done", person)


async def _send_test(cast: Cast, person: Person) -> None:
    await person.press("テストイベントを送信")
    await cast.look(person)
    await person.press("決定")
    await person.sees("テストイベント")
    await person.press("内容", person.word("テストイベント"))
    await person.sees("webhook.test")


async def _begin_change(cast: Cast, person: Person) -> None:
    await person.visit(LIST)
    await person.press(NAME)
    await person.press("Webhookを変更")
    await person.untick("見積の依頼")
    await cast.look(person)
    await person.press("更新")


WEBHOOKS = Journey("webhooks: secret, test event, change, pause, removal", walk)

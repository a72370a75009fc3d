"""From a hint on the home page to where it is done, notices, and the mails that they come by."""

import asyncio

from app.database import fetch
from app.mail.couriers import mail_folder
from app.mail.messages import parse
from tests.browser.cast import PATIENCE_MS, Cast
from tests.browser.matrix import Journey
from tests.notices.steps import publish

NOTHING_TO_FILL_IN = "there is nothing to fill in that could be wrong"
ONE_ALONE = "what somebody has read, and their calendar, concern nobody else"


async def walk_notices(cast: Cast) -> None:
    """Hints, the list, a notice, what is read, and the way out of its mail without logging in."""
    person = await cast.person("owner")
    await person.visit("/")
    await person.press("利用", "検証環境")
    await person.sees_heading("検証環境")
    await publish("ANALYTICS")
    await person.visit("/")
    await person.sees("未読 2件")
    await cast.look(person)
    await person.press("すべてのお知らせ")
    title = {"ja": "点検のお知らせ", "en": "Maintenance"}[cast.language]
    await person.press(title)
    await person.sees_heading(title)
    await cast.look(person)
    await person.press("すべてのお知らせ")
    await person.sees("未読 1件")
    await person.press("すべて既読にする")
    await person.sees_status(person.word("すべてのお知らせを既読にしました。"))
    await cast.reached("done", person)
    await person.tick("未読だけを表示する")
    await person.press("検索")
    await person.sees("条件に合うものはありません。")
    await cast.reached("empty", person)
    await _stop_mails(cast)


async def _stop_mails(cast: Cast) -> None:
    """By the link in the mail that the portal has delivered."""
    await cast.site.set_language("member", cast.language)
    reader = await cast.visitor()
    await reader.visit(await _delivered_link(cast))
    await reader.sees("基幹システム契約 (D-1001)")
    await cast.look(reader)
    await reader.press("メールを停止する")
    await reader.sees("次のご契約では、お知らせメールをお送りしません：")
    await cast.look(reader)
    [row] = await fetch(
        'select m.notification from membership m join portal_user u on u.id = m."user"'
        " join contract c on c.id = m.contract where u.code = 'member' and c.number = 'D-1001'"
    )
    assert row["notification"] is False


async def _delivered_link(cast: Cast) -> str:
    """The link of the mail to member, once the portal has delivered it."""
    folder = mail_folder(cast.site.settings)
    sent = (
        'select nm.mail from notice_mail nm join portal_user u on u.id = nm."user"'
        " join mail m on m.id = nm.mail where u.code = 'member' and m.state = 'sent'"
    )
    end = asyncio.get_running_loop().time() + PATIENCE_MS / 1000
    while not (rows := await fetch(sent)):
        assert asyncio.get_running_loop().time() < end, "the mail was not delivered"
        await asyncio.sleep(0.05)
    [file] = folder.glob(f"*-{rows[0]['mail']}.eml")
    return str(parse(file.read_bytes())["list-unsubscribe"]).strip("<>")


async def walk_calendar(cast: Cast) -> None:
    """An address is made, shown once, made anew and revoked."""
    person = await cast.person("member")
    await person.visit("/site-map")
    await person.press("カレンダー")
    await cast.reached("empty", person)
    await person.press("アドレスを作成")
    await cast.look(person)
    await person.press("決定")
    await person.sees("アドレスを今すぐ控えてください。もう一度表示することはできません。")
    await cast.reached("done", person)
    await person.visit("/profile/calendar")
    await person.does_not_see("アドレスを今すぐ控えてください。もう一度表示することはできません。")
    for button, status in (
        ("アドレスを作り直す", "カレンダーのアドレスを作成しました。"),
        ("アドレスを取り消す", "カレンダーのアドレスを取り消しました。"),
    ):
        await person.press(button)
        await cast.look(person)
        await person.press("決定")
        await person.sees_status(person.word(status))
    await person.sees("カレンダーのアドレスはまだありません。")


NOTICES = Journey(
    "home, notices and their mails",
    walk_notices,
    {
        "error": "the only one is to untick every contract; tests/notices shows it",
        "conflict": ONE_ALONE,
    },
)
CALENDAR = Journey(
    "calendar address", walk_calendar, {"error": NOTHING_TO_FILL_IN, "conflict": ONE_ALONE}
)

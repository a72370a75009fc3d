"""The vendor's staff end somebody's sessions and disable their account."""

from app.database import fetch, fetch_value
from tests.browser.cast import Cast
from tests.browser.matrix import VENDOR, Journey


async def walk(cast: Cast) -> None:
    """No match, log-out, no reason given, an account disabled, and one a colleague disabled."""
    name = await fetch_value("select name from portal_user where code = 'member'")
    await cast.site.session_cookie("member")
    person = await cast.person("clerk")
    await person.visit("/staff/users?search=nowhere")
    await cast.reached("empty", person)
    await person.visit("/staff/users?search=member")
    await person.press(name)
    await person.press("すべての端末からログアウト")
    await person.press("決定")
    await person.sees_status(name)
    await person.sees("このアカウントでログイン中の端末はありません。")
    await person.press("停止")
    await person.press("停止")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("error", person)
    await person.fill("変更の理由", "退職")
    await person.press("停止")
    await person.sees("退職")
    await person.press("決定")
    await person.sees_status(name)
    await cast.reached("done", person)
    await person.press("停止を解除")
    await fetch("update portal_user set disabled_at = null where code = 'member'")
    await person.press("決定")
    await person.sees_heading("この操作は行えなくなりました")
    await cast.reached("conflict", person)


HELP = Journey("staff: end sessions, disable an account", walk, people=VENDOR)

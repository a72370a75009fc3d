"""退会: read, tick, say why, and be told farewell by a mail that was really delivered."""

from app.database import fetch, fetch_value
from tests.browser import mailbox
from tests.browser.cast import Cast
from tests.browser.journeys.sign_in import PASSWORD
from tests.browser.matrix import Journey
from tests.browser.people import Person
from tests.mail.post import text

FAREWELL = {"ja": "退会しました", "en": "You withdrew from License Portal"}


async def walk(cast: Cast) -> None:
    """An owner; while they write their reason, the other owner stops being one."""
    await fetch(
        "delete from membership using portal_user u"
        " where u.id = membership.\"user\" and u.code = 'english'"
    )
    nobody = await cast.person("english")
    await nobody.visit("/profile/withdrawal")
    await nobody.sees("関係者になっているご契約はありません。")
    await cast.reached("empty", nobody)
    await cast.site.make_owner("member", "D-1001")
    person = await cast.person("owner")
    await _go_on(person, cast)
    await person.press("退会する")
    await person.sees_error("退会理由を選択するか、入力してください。")
    await person.tick("ポータルを使う必要がなくなった")
    await person.fill("退会理由の詳細", "お世話になりました。")
    await person.fill("パスワード", "not the password")
    await person.press("退会する")
    await person.sees_error("パスワードが正しくありません。")
    await person.finds("退会理由の詳細", "お世話になりました。")
    await cast.reached("error", person)
    await _demote("member")
    await person.fill("パスワード", PASSWORD)
    await person.press("退会する")
    await person.sees("まだ退会できません。")
    await cast.reached("conflict", person)
    await cast.site.make_owner("member", "D-1001")
    await _go_on(person, cast)
    await person.tick("ポータルを使う必要がなくなった")
    await person.fill("パスワード", PASSWORD)
    await person.press("退会する")
    await person.sees_heading("退会が完了しました")
    await cast.reached("done", person)
    await _is_gone(person, cast)


async def _go_on(person: Person, cast: Cast) -> None:
    await person.visit("/site-map")
    await person.press("退会")
    await person.sees("削除されるもの")
    await cast.look(person)
    await person.press("退会手続きへ")
    await person.sees_error("内容を確認し、チェックを入れてから進んでください。")
    await person.tick("上記の内容を確認し、退会手続きを行います")
    await person.press("退会手続きへ")
    await person.sees_heading("退会理由の入力")
    await cast.look(person)


async def _demote(code: str) -> None:
    await fetch(
        "update membership set role = 'member' from portal_user u"
        ' where u.id = membership."user" and u.code = $1',
        code,
    )


async def _is_gone(person: Person, cast: Cast) -> None:
    _, mail = await mailbox.newest_to(cast.site.settings, "owner@example.com")
    assert FAREWELL[cast.language] in text(mail)
    assert await fetch_value("select count(*) from portal_user where code = 'owner'") == 0
    await person.visit("/contracts")
    await person.sees_heading("ログイン")
    await person.fill("ユーザコードまたはメールアドレス", "owner")
    await person.fill("パスワード", PASSWORD)
    await person.press("ログイン")
    await person.sees_error("ユーザコードまたはパスワードが正しくありません。")


WITHDRAWAL = Journey("withdraw", walk)

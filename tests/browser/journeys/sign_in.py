"""First visit: log in, terms of use, a password of one's own, home."""

from app.accounts.services import publish_terms_of_use
from tests.browser.cast import Cast
from tests.browser.matrix import Journey
from tests.browser.people import Person

PASSWORD = "portal-demo-2026"
OWN_PASSWORD = "青い自転車で海まで走る日曜日の朝"


async def walk(cast: Cast) -> None:
    """The newcomer makes every mistake once."""
    await cast.site.set_language("newcomer", cast.language)
    person = await cast.visitor()
    await person.visit("/contracts")
    await person.sees_heading("ログイン")
    await cast.reached("empty", person)
    await person.press("ログイン")
    await person.sees_error("入力内容を確認してください")
    await person.fill("ユーザコードまたはメールアドレス", "newcomer")
    await person.fill("パスワード", "not the password")
    await person.press("ログイン")
    await person.sees_error("ユーザコードまたはパスワードが正しくありません。")
    await person.finds("ユーザコードまたはメールアドレス", "newcomer")
    await cast.reached("error", person)
    await person.fill("パスワード", PASSWORD)
    await person.press("ログイン")
    await _accept_terms(cast, person)
    await _change_password(cast, person)
    await person.sees_heading("ご契約一覧")
    await person.sees("新店舗契約")
    await cast.reached("done", person)
    await person.press("高橋 健")
    await person.press("ログアウト")
    await person.visit("/contracts")
    await person.sees_heading("ログイン")


async def _accept_terms(cast: Cast, person: Person) -> None:
    await person.sees_heading("利用規約")
    await cast.look(person)
    await person.press("登録｜規約")
    await person.sees_error("入力内容を確認してください")
    await cast.look(person)
    await publish_terms_of_use(
        "# 第一条\n\n新しい規約です。", "# Article 1\n\nThese terms are new."
    )
    await person.tick("利用規約に同意する")
    await person.press("登録｜規約")
    await person.sees_error("利用規約が更新されました。もう一度お読みください。")
    await cast.reached("conflict", person)
    await person.tick("利用規約に同意する")
    await person.press("登録｜規約")


async def _change_password(cast: Cast, person: Person) -> None:
    await person.sees_heading("パスワード変更")
    await cast.look(person)
    await person.fill("新しいパスワード", OWN_PASSWORD)
    await person.fill("新しいパスワード（確認）", "something else entirely")
    await person.press("変更")
    await person.sees_error("2つのパスワードが一致しません。")
    await cast.look(person)
    await person.fill("新しいパスワード", OWN_PASSWORD)
    await person.fill("新しいパスワード（確認）", OWN_PASSWORD)
    await person.press("変更")


SIGN_IN = Journey("log in, terms, forced password change", walk)

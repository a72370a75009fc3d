"""One's own account: a forgotten password, profile, mail address, password, sessions."""

from app.database import fetch
from tests.browser import mailbox
from tests.browser.cast import Cast
from tests.browser.journeys.sign_in import OWN_PASSWORD, PASSWORD
from tests.browser.matrix import Journey
from tests.browser.people import Person

ADDRESS = "owner@example.com"
TAKEN, NEW_ADDRESS = "taken@example.com", "suzuki@example.com"
UNLIKE = "something else entirely"
PROFILE_CHANGED = {"ja": "プロフィールを変更しました。", "en": "Your profile was changed."}
MAILED = {"ja": f"{NEW_ADDRESS}にメールを送信しました。", "en": f"an email to {NEW_ADDRESS}"}
CHANGED = {"ja": "パスワードを変更しました。", "en": "Your password was changed."}
ENDED = {"ja": "端末をログアウトしました。", "en": "The device was signed out."}
ALL_ENDED = {
    "ja": "ほかの端末をすべてログアウトしました。",
    "en": "All other devices were signed out.",
}


async def walk_forgotten(cast: Cast) -> None:
    """Two windows with the mailed link open; the second one comes too late."""
    await cast.site.set_language("owner", cast.language)
    person = await cast.visitor()
    await person.visit("/login")
    await person.press("パスワードをお忘れの方")
    await cast.reached("empty", person)
    await person.press("リンクを送信")
    await person.sees_error("入力内容を確認してください")
    await person.fill("ユーザコードまたはメールアドレス", "ＯＷＮＥＲ")
    await person.press("リンクを送信")
    await person.sees_heading("メールをご確認ください")
    await cast.look(person)
    link = await cast.open_mailed_link(person, ADDRESS)
    await cast.look(person)
    await _fill_in(person, UNLIKE)
    await person.press("パスワードを設定")
    await person.sees_error("2つのパスワードが一致しません。")
    await cast.reached("error", person)
    late = await cast.visitor()
    await late.visit(link)
    for each in (person, late):
        await _fill_in(each, OWN_PASSWORD)
        await each.press("パスワードを設定")
    await late.sees_heading("このリンクは使用できません")
    await cast.reached("conflict", late)
    await cast.look(person)
    await log_in(person, OWN_PASSWORD)
    await person.sees_heading("ホーム")
    await cast.reached("done", person)


async def _fill_in(person: Person, again: str) -> None:
    await person.fill("新しいパスワード", OWN_PASSWORD)
    await person.fill("新しいパスワード（確認）", again)


async def log_in(person: Person, password: str) -> None:
    """The owner logs in."""
    await person.fill("ユーザコードまたはメールアドレス", "owner")
    await person.fill("パスワード", password)
    await person.press("ログイン")


async def walk_settings(cast: Cast) -> None:
    """Everything in 個人設定, as seen by somebody with three devices."""
    person, phone, tablet = [await cast.person("owner") for _ in range(3)]
    await _change_profile(cast, person)
    await _end_sessions(cast, person, phone, tablet)
    await _change_address(cast, person)
    await _change_password(cast, person)


async def _change_profile(cast: Cast, person: Person) -> None:
    await person.visit("/profile")
    await person.fill("ユーザ名", "")
    await person.press("更新")
    await person.sees_error("入力内容を確認してください")
    await cast.look(person)
    await person.fill("ユーザ名", "鈴木 一朗")
    other = {"ja": "en", "en": "ja"}[cast.language]
    await person.choose("言語", {"ja": "日本語", "en": "English"}[other])
    await person.press("更新")
    await cast.look(person)
    await person.press("決定")
    person.language = other
    await person.sees_status(PROFILE_CHANGED[other])
    await person.finds("ユーザ名", "鈴木 一朗")
    await person.press({"ja": "日本語", "en": "English"}[cast.language])
    person.language = cast.language


async def _change_address(cast: Cast, person: Person) -> None:
    """One address is taken before its link is opened; the other becomes the person's."""
    await person.visit("/profile")
    await person.press("変更 メールアドレス")
    await cast.look(person)
    await person.fill("メールアドレス", TAKEN)
    await person.fill("パスワード", UNLIKE)
    await person.press("更新")
    await person.sees_error("パスワードが正しくありません。")
    await person.finds("メールアドレス", TAKEN)
    await cast.reached("error", person)
    await _ask_for(person, TAKEN)
    await person.visit(await cast.mailed_link(TAKEN))
    await person.sees_heading("メールアドレスを変更します。よろしいですか？")
    await fetch("update portal_user set email = $1 where code = 'english'", TAKEN)
    await person.press("決定")
    await person.sees_heading("このメールアドレスは別のアカウントで使用されています")
    await cast.reached("conflict", person)
    await person.visit("/profile/email")
    await _ask_for(person, NEW_ADDRESS)
    await person.sees_status(MAILED[cast.language])
    await cast.look(person)
    await cast.open_mailed_link(person, NEW_ADDRESS)
    await cast.look(person)
    await person.press("決定")
    await person.sees_heading("メールアドレスを変更しました")
    await cast.look(person)
    _, told = await mailbox.newest_to(cast.site.settings, ADDRESS)
    assert told["subject"] == person.word("メールアドレスを変更しました")


async def _ask_for(person: Person, address: str) -> None:
    await person.fill("メールアドレス", address)
    await person.fill("パスワード", PASSWORD)
    await person.press("更新")
    await person.press("決定")


async def _end_sessions(cast: Cast, person: Person, phone: Person, tablet: Person) -> None:
    await person.visit("/profile")
    await person.press("ログイン中の端末")
    await cast.look(person)
    await person.press(await person.page.locator("td.actions button").first.inner_text())
    await cast.look(person)
    await person.press("決定")
    await person.sees_status(ENDED[cast.language])
    await person.press("ほかの端末をすべてログアウト")
    await cast.look(person)
    await person.press("決定")
    await person.sees_status(ALL_ENDED[cast.language])
    await cast.reached("empty", person)
    for device in (phone, tablet):
        await device.visit("/profile")
        await device.sees_heading("ログイン")


async def _change_password(cast: Cast, person: Person) -> None:
    await person.visit("/profile")
    await person.press("パスワード変更")
    await person.fill("現在のパスワード", UNLIKE)
    await _fill_in(person, OWN_PASSWORD)
    await person.press("変更")
    await person.sees_error("パスワードが正しくありません。")
    await cast.look(person)
    await person.fill("現在のパスワード", PASSWORD)
    await _fill_in(person, OWN_PASSWORD)
    await person.press("変更")
    await person.sees_status(CHANGED[cast.language])
    await cast.reached("done", person)


FORGOTTEN = Journey("forgotten password", walk_forgotten)
SETTINGS = Journey("profile, mail address, sessions, password", walk_settings)

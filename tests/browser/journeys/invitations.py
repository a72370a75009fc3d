"""招待する and joining by the mailed link: new people, people with an account, dead links."""

from app.database import fetch
from tests.browser.cast import Cast
from tests.browser.journeys.sign_in import OWN_PASSWORD, PASSWORD
from tests.browser.matrix import Journey
from tests.browser.people import Person

MEMBERS = "/contracts/D-1001/members"
NEW, OUTSIDER, NEWCOMER = "arai@example.com", "outsider@example.net", "newcomer@example.com"
LATE = "late@example.com"
NAME = "新井 さくら"
MEMBER_ALREADY = {
    "ja": "member@example.comはすでに",
    "en": "member@example.com is already a member",
}
INVITED_ALREADY = {
    "ja": f"{LATE}はすでに招待中です。",
    "en": f"{LATE} already has an open invitation",
}
JOINED = {"ja": "参加しました", "en": "You are now a member of the contract"}
NOT_SENT = {"ja": "送信は行われませんでした。", "en": "Nothing was sent"}


async def walk_invitation(cast: Cast) -> None:
    """Three people at once, one of them a member already, another invited meanwhile."""
    await cast.site.make_owner("member", "D-1001")
    person, other = await cast.person("owner"), await cast.person("member")
    await person.visit(MEMBERS)
    await person.sees("招待中の方はいません。")
    await cast.reached("empty", person)
    await person.press("招待する")
    await cast.look(person)
    await person.fill("メールアドレス", f"{NEW}、member@example.com")
    await person.press("メールを送信")
    await person.sees_error(MEMBER_ALREADY[cast.language])
    await person.finds("メールアドレス", f"{NEW}、member@example.com")
    await cast.reached("error", person)
    await person.fill("メールアドレス", f"{NEW}, {OUTSIDER}, ＮＥＷＣＯＭＥＲ＠example.com, {LATE}")
    await person.press("メールを送信")
    await cast.look(person)
    await _invite(other, LATE)
    await person.press("決定")
    await person.sees_error(INVITED_ALREADY[cast.language])
    await cast.reached("conflict", person)
    await _send(person, f"{NEW} {OUTSIDER} {NEWCOMER}")
    await person.sees(NEWCOMER)
    await cast.reached("done", person)
    await _join_as_somebody_new(cast)
    await _join_with_an_account(cast)
    await person.visit(MEMBERS)
    for name in (NAME, "田中 誠", "高橋 健"):
        await person.sees(name)


async def _invite(person: Person, addresses: str) -> None:
    await person.visit(f"{MEMBERS.rpartition('/')[0]}/invitations/new")
    await _send(person, addresses)


async def _send(person: Person, addresses: str) -> None:
    await person.fill("メールアドレス", addresses)
    await person.choose("言語", {"ja": "日本語", "en": "English"}[person.language])
    await person.press("メールを送信")
    await person.press("決定")
    await person.sees(addresses.partition(" ")[0])


async def _join_as_somebody_new(cast: Cast) -> None:
    visitor = await cast.visitor()
    used = await cast.open_mailed_link(visitor, NEW)
    await visitor.sees_heading("ご契約への招待")
    await cast.look(visitor)
    await visitor.press("登録｜利用者")
    await visitor.sees_error("入力内容を確認してください")
    await cast.look(visitor)
    await visitor.fill("ユーザ名", NAME)
    await visitor.fill("ユーザコード", "Ａｒａｉ")
    await visitor.fill("パスワード", OWN_PASSWORD)
    await visitor.tick("利用規約に同意する")
    await visitor.press("登録｜利用者")
    await visitor.sees(NAME)
    await cast.look(visitor)
    await visitor.press("決定")
    await visitor.sees_status(JOINED[cast.language])
    await visitor.sees_heading("基幹システム契約")
    await visitor.press(NAME)
    await visitor.press("ログアウト")
    await visitor.visit(used)
    await visitor.sees_heading("この招待は使用済みです")
    await cast.look(visitor)


async def _join_with_an_account(cast: Cast) -> None:
    """One who logs in on the way, and one who is logged in."""
    visitor = await cast.visitor()
    await cast.site.set_language("outsider", cast.language)
    await visitor.visit(await cast.mailed_link(OUTSIDER))
    await cast.look(visitor)
    await visitor.press("ログイン")
    await visitor.fill("ユーザコードまたはメールアドレス", "outsider")
    await visitor.fill("パスワード", PASSWORD)
    await visitor.press("ログイン")
    newcomer = await cast.settled_newcomer()
    await newcomer.visit(await cast.mailed_link(NEWCOMER))
    await cast.look(newcomer)
    for person in (visitor, newcomer):
        await person.sees_heading("ご契約への招待")
        await person.press("参加する")
        await person.press("決定")
        await person.sees_status(JOINED[cast.language])
    await cast.look(newcomer)


async def walk_open_invitations(cast: Cast) -> None:
    """Sent again, taken back, and sent again to somebody who joined meanwhile."""
    person, visitor = await cast.person("owner"), await cast.visitor()
    await person.visit(MEMBERS)
    await cast.reached("empty", person)
    await _invite(person, f"{NEW} {OUTSIDER}")
    first = await cast.mailed_link(NEW)
    await person.reload()
    await person.sees("送信済み")
    await person.press("再送", NEW)
    await cast.look(person)
    await person.press("決定")
    second = await cast.mailed_link(NEW)
    await visitor.visit(first)
    await visitor.sees_heading("新しい招待メールが送信されています")
    await cast.look(visitor)
    await visitor.visit(second)
    await visitor.sees_heading("ご契約への招待")
    await person.press("再送", OUTSIDER)
    await _let_join("outsider")
    await person.press("決定")
    await person.sees(NOT_SENT[cast.language])
    await cast.reached("conflict", person)
    await person.press("取り消し", NEW)
    await cast.look(person)
    await person.press("決定")
    await person.sees_status(NEW)
    await person.does_not_see(f"取り消し {NEW}")
    await cast.reached("done", person)
    await _see_dead_links(cast, visitor, second, await cast.mailed_link(OUTSIDER))


async def _let_join(code: str) -> None:
    await fetch(
        'insert into membership (id, "user", contract, role, notification, created_at)'
        " select gen_random_uuid(), u.id, c.id, 'member', true, now() from portal_user u,"
        " contract c where u.code = $1 and c.number = 'D-1001'",
        code,
    )


async def _see_dead_links(cast: Cast, visitor: Person, cancelled: str, expired: str) -> None:
    await fetch("update invitation set expires_at = invited_at where ended_at is null")
    for link, heading in (
        (cancelled, "この招待は取り消されました"),
        (expired, "この招待は期限切れです"),
        (expired[:-5], "リンクが正しくありません"),
    ):
        await visitor.visit(link)
        await visitor.sees_heading(heading)
        await cast.look(visitor)


INVITATION = Journey("invite, and join by the delivered link", walk_invitation)
OPEN_INVITATIONS = Journey(
    "send an invitation again, take it back",
    walk_open_invitations,
    {"error": "there is nothing to fill in that could be wrong"},
)

"""関係者: role and notices, removal, leaving; the last owner stays."""

from tests.browser.cast import Cast
from tests.browser.journeys.invitations import MEMBERS
from tests.browser.matrix import Journey
from tests.browser.people import Person

OWNER, MEMBER, ENGLISH = "鈴木 一郎", "佐藤 美咲", "Alex Morgan"
LAST_OWNER = {"ja": "ほかにいません。", "en": "This is the only owner"}


async def walk(cast: Cast) -> None:
    """An owner makes a second one, who leaves again; then nobody is left to give up the role."""
    person, other = await cast.person("owner"), await cast.person("member")
    await other.visit(MEMBERS)
    await other.press(MEMBER)
    await cast.look(other)
    await other.untick("通知を受け取る")
    await other.press("更新")
    await other.press("決定")
    await other.sees_status(MEMBER)
    await other.sees("受け取らない")
    await person.visit(MEMBERS)
    await person.press(MEMBER)
    await cast.look(person)
    await person.choose("権限", person.word("オーナー"))
    await person.press("更新")
    await cast.look(person)
    await person.press("決定")
    await person.sees_status(MEMBER)
    await person.press(OWNER)
    await person.choose("権限", person.word("メンバー"))
    await person.press("更新")
    await cast.look(person)
    await _leave(cast, other)
    await person.press("決定")
    await person.sees_error(LAST_OWNER[cast.language])
    await cast.reached("conflict", person)
    await person.visit(MEMBERS)
    await person.press(ENGLISH)
    await person.press("解除する", ENGLISH)
    await cast.look(person)
    await person.press("決定")
    await person.sees_status(ENGLISH)
    await person.does_not_see(MEMBER)
    await cast.reached("done", person)


async def _leave(cast: Cast, other: Person) -> None:
    await other.visit(MEMBERS)
    await other.press(MEMBER)
    await other.press("参加を終了する", "基幹システム契約")
    await cast.look(other)
    await other.press("決定")
    await other.sees_status("基幹システム契約")
    await other.sees_heading("ご契約一覧")


MEMBERSHIPS = Journey(
    "role, notices, removal, leaving",
    walk,
    {
        "empty": "the page of a contract always shows whoever looks at it",
        "error": "a box and a list of two roles: every choice is one that can be sent",
    },
)

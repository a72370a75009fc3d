"""What the tests of notices share: publishing one, and whom it was written to."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app import clock
from app.database import fetch, fetch_value
from app.mail.messages import parse
from app.mail.services import open_content
from app.notices.mailing_services import mail_notices
from app.notices.services import compose_notice, publish_notice
from app.notices.values import NoticeValues
from app.settings import Settings
from tests.conftest import Portal

WORDS = NoticeValues(
    title_ja="点検のお知らせ",
    title_en="Maintenance",
    body_ja="次の日曜日に点検します。\n\n詳しくは https://example.com/ja?a=1&b=2。",
    body_en="There is maintenance next Sunday.\n\nSee https://example.com/en?a=1&b=2.",
    products=[],
)


async def product_id(code: str) -> UUID:
    """Id of a product of the demo's catalogue."""
    id: UUID = await fetch_value("select id from product where code = $1", code)
    return id


async def about(*products: str, words: NoticeValues = WORDS) -> NoticeValues:
    """The words, about these products."""
    return replace(words, products=[await product_id(code) for code in products])


async def publish(
    *products: str, words: NoticeValues = WORDS, at: datetime | None = None, by_mail: bool = True
) -> UUID:
    """A notice about these products."""
    notice = await compose_notice(await about(*products, words=words), actor=None)
    await publish_notice(notice, at=at, by_mail=by_mail, actor=None)
    return notice


async def mail_all(settings: Settings) -> None:
    """Do the worker's task until nothing is left."""
    while await mail_notices(settings, batch=2):
        pass


async def written_to(portal: Portal) -> list[str]:
    """Addresses of the notice mails that wait in the outbox, in order."""
    rows = await fetch("select * from mail where template = 'notice' and content is not null")
    messages = [parse(open_content(portal.settings, row)) for row in rows]
    return sorted(message["to"].addresses[0].addr_spec for message in messages)


async def give(code: str, number: str, *, notification: bool = True) -> None:
    """Make one of the cast a member of a contract."""
    await fetch(
        'insert into membership (id, "user", contract, role, notification, created_at)'
        " select gen_random_uuid(), u.id, c.id, 'member', $3, $4 from portal_user u, contract c"
        " where u.code = $1 and c.number = $2",
        code,
        number,
        notification,
        clock.now(),
    )

"""What the tests of people share: 決定, and the links in the mails that wait in the outbox."""

import re
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from app.contracts.rules import Role
from app.contracts.services import add_membership
from app.database import fetch, fetch_one, fetch_value
from app.mail.messages import parse, part
from app.mail.services import open_content
from tests.conftest import Portal

NEW_PASSWORD = "quiet lanterns over seven rivers"
REGISTRATION = {
    "name": "新井 さくら",
    "code": "Ａrai",
    "password": NEW_PASSWORD,
    "version": "1",
    "agree": "1",
}


async def user_id(code: str) -> UUID:
    """Id of one of the cast."""
    id: UUID = await fetch_value("select id from portal_user where code = $1", code)
    return id


async def membership_id(code: str, number: str = "D-1001") -> UUID:
    """Id of somebody's membership."""
    id: UUID = await fetch_value(
        'select m.id from membership m join portal_user u on u.id = m."user"'
        " join contract c on c.id = m.contract where u.code = $1 and c.number = $2",
        code,
        number,
    )
    return id


async def membership_form(code: str, **fields: str) -> dict[str, str]:
    """The form of somebody's membership of D-1001 as it is now, with these fields."""
    revision = await fetch_value(
        "select revision from membership where id = $1", await membership_id(code)
    )
    return {"revision": str(revision), **fields}


async def role_of(code: str, number: str = "D-1001") -> str | None:
    """Somebody's role in a contract, or None."""
    row = await fetch_one(
        'select m.role from membership m join portal_user u on u.id = m."user"'
        " join contract c on c.id = m.contract where u.code = $1 and c.number = $2",
        code,
        number,
    )
    return row["role"] if row else None


async def make_owner(code: str, number: str = "D-1001") -> None:
    """Give one of the cast, who may be a member already, the role of an owner."""
    user = await user_id(code)
    id = await fetch_value("select id from contract where number = $1", number)
    if await role_of(code, number) is None:
        await add_membership(user=user, contract=id, role=Role.OWNER, actor=None)
    await fetch(
        "update membership set role = 'owner' where \"user\" = $1 and contract = $2", user, id
    )


async def confirm(client: httpx.AsyncClient, response: httpx.Response) -> httpx.Response:
    """決定, and on to the page that it leads to."""
    assert response.status_code == 303, response.text
    page = await client.get(response.headers["location"])
    assert page.status_code == 200 and "決定" in page.text
    done = await client.post(response.headers["location"])
    assert done.status_code == 303, done.text
    return await client.get(done.headers["location"])


async def mails_to(portal: Portal, address: str) -> list[tuple[str, str]]:
    """Template and text of the mails to an address that wait in the outbox, the oldest first."""
    rows = await fetch("select * from mail where content is not null order by created_at, id")
    messages = [(row["template"], parse(open_content(portal.settings, row))) for row in rows]
    return [
        (template, part(message, "plain"))
        for template, message in messages
        if message["to"].addresses[0].addr_spec == address
    ]


async def link_to(portal: Portal, address: str) -> str:
    """Path of the link in the newest mail to an address."""
    _, text = (await mails_to(portal, address))[-1]
    found = re.search(r"https?://\S+/(?:join|email-addresses)/\S+", text)
    assert found, text
    assert found.group().startswith(portal.settings.base_url)
    return urlsplit(found.group()).path


async def invite(client: httpx.AsyncClient, *emails: str, language: str = "ja") -> httpx.Response:
    """招待する, メールを送信, 決定."""
    data = {"emails": "\n".join(emails), "language": language}
    return await confirm(client, await client.post("/contracts/D-1001/invitations/new", data=data))


async def event_types(since: str) -> list[str]:
    """Names of the audit events from the first one named `since` on."""
    rows = await fetch("select event_type from audit_event order by id")
    names = [row["event_type"] for row in rows]
    return names[names.index(since) :] if since in names else []

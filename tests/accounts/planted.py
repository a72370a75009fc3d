"""What somebody who once knew the password can leave behind, and whether it still works."""

from dataclasses import dataclass

import httpx

from app.accounts.queries import find_device
from app.accounts.rules import new_token, token_hash
from app.database import fetch, fetch_value
from app.demo.world import PASSWORD
from tests.accounts.factors import begin_app, is_signed_in
from tests.conftest import Portal
from tests.people.post import confirm, link_to, mails_to, user_id

VICTIM = "member"
EVIL = "intruder@example.net"
# Rows as the version before wrote them: the database gives them the account's generation.
PENDING = """
    insert into pending_sign_in (id, token_hash, "user", user_agent, created_at, expires_at)
    select gen_random_uuid(), $1, id, '', now(), now() + interval '1 hour'
    from portal_user where code = $2
"""
DEVICE = """
    insert into device (id, token_hash, "user", last_used_at)
    select gen_random_uuid(), $1, id, now() from portal_user where code = $2
"""
CHALLENGE = """
    insert into passkey_challenge (id, "user", purpose, challenge, expires_at)
    select gen_random_uuid(), id, 'proof', $1, now() + interval '1 hour'
    from portal_user where code = $2
"""


@dataclass(frozen=True)
class Planted:
    """Tokens, links and pending changes of the victim in an intruder's hands."""

    session: httpx.AsyncClient
    pending: httpx.AsyncClient
    device: str
    app: str
    email_link: str
    reset_link: str
    calendar: str

    async def working(self) -> set[str]:
        """What of it still leads anywhere."""
        found = {
            "session": await is_signed_in(self.session),
            "pending": (await self.pending.get("/login/second-factor")).status_code == 200,
            "device": await find_device(self.device, await user_id(VICTIM)) is not None,
            "app": (await self.session.get(self.app)).status_code == 200,
            "calendar": (await self.pending.get(self.calendar)).status_code == 200,
        }
        for name, link in (("email", self.email_link), ("reset", self.reset_link)):
            found[name] = (await self.pending.get(link)).status_code == 200
        await self.pending.post(self.email_link)
        address = await fetch_value("select email from portal_user where code = $1", VICTIM)
        found["email"] |= address == EVIL
        return {name for name, works in found.items() if works}


async def plant(portal: Portal, intruder: httpx.AsyncClient) -> Planted:
    """Leave everything behind that can be left behind."""
    email = {"email": EVIL, "password": PASSWORD}
    await confirm(intruder, await intruder.post("/profile/email", data=email))
    calendar = await confirm(intruder, await intruder.post("/profile/calendar"))
    app, _secret = await begin_app(intruder)
    pending, token, device = portal.anonymous(), new_token(), new_token()
    await fetch(PENDING, token_hash(token), VICTIM)
    await fetch(DEVICE, token_hash(device), VICTIM)
    await fetch(CHALLENGE, device.encode(), VICTIM)
    pending.cookies.set(portal.settings.pending_cookie, token)
    await pending.post("/password/forgotten", data={"account": VICTIM})
    resets = [
        text
        for name, text in await mails_to(portal, f"{VICTIM}@example.com")
        if name == "password-reset"
    ]
    return Planted(
        session=intruder,
        pending=pending,
        device=device,
        app=app,
        email_link=await link_to(portal, EVIL),
        reset_link="/password/reset/" + resets[-1].split("/password/reset/")[1].split()[0],
        calendar="/calendar/" + calendar.text.split("/calendar/")[1].split('"')[0],
    )

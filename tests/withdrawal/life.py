"""Somebody whose data is everywhere: made by the pages, as people make it."""

from dataclasses import dataclass, field
from uuid import UUID

import httpx

from app import clock
from app.accounts.factors.tables import Passkey
from app.database import fetch, fetch_value
from app.products.tables import Product
from app.quotes.rules import Wish
from app.quotes.services import Wanted, request_quote
from tests.accounts.factors import add_app, keep_sessions, make_codes
from tests.activation.world import place, upload
from tests.conftest import Portal
from tests.mail.post import deliver
from tests.people.post import (
    NEW_PASSWORD,
    confirm,
    invite,
    link_to,
    membership_form,
    membership_id,
    user_id,
)

CODE = "kiritani77"
NAME = "桐谷 茜音"
INVITED = "kiritani@example.com"
CHANGED = "akane@example.net"
WAITING = "akane.k@example.org"
WORDS = (NAME, *NAME.split(), CODE, INVITED, CHANGED, WAITING)
ENVIRONMENTS = "/contracts/D-1001/environments"


@dataclass
class Life:
    """The person, signed in, and the owner who invited them."""

    portal: Portal
    owner: httpx.AsyncClient
    outsider: httpx.AsyncClient
    client: httpx.AsyncClient = field(init=False)
    id: UUID = field(init=False)

    async def live(self) -> None:
        """Leave traces in every room."""
        await self.join()
        await self.become_owner()
        await self.change_address()
        await self.invite_others()
        await self.be_invited_elsewhere()
        await self.work()
        await self.ask_for_a_quote()
        await self.be_locked_out()
        await self.add_factors()
        await self.be_talked_about()

    async def join(self) -> None:
        """Register by an invitation."""
        await invite(self.owner, INVITED)
        link = await link_to(self.portal, INVITED)
        await deliver(self.portal.settings)
        async with self.portal.anonymous() as stranger:
            data = {
                "name": NAME,
                "code": CODE,
                "password": NEW_PASSWORD,
                "version": "1",
                "agree": "1",
            }
            joining = await stranger.post(link, data=data)
            assert (await stranger.post(joining.headers["location"])).status_code == 303
        self.id = await user_id(CODE)
        self.client = await self.portal.signed_in(CODE)

    async def become_owner(self) -> None:
        """The owner's confirmation says whom it was about."""
        membership = await membership_id(CODE)
        data = await membership_form(CODE, role="owner", notification="1")
        page = f"/contracts/D-1001/members/{membership}"
        await confirm(self.owner, await self.owner.post(page, data=data))

    async def change_address(self) -> None:
        """Once by the link; a second change waits for its link."""
        for address in (CHANGED, WAITING):
            data = {"email": address, "password": NEW_PASSWORD}
            await confirm(self.client, await self.client.post("/profile/email", data=data))
            link = await link_to(self.portal, address)
            await deliver(self.portal.settings)
            if address == CHANGED:
                await self.client.post(link)
                await deliver(self.portal.settings)

    async def invite_others(self) -> None:
        """One mail is delivered, one waits in the outbox."""
        await invite(self.client, "friend@example.com")
        await deliver(self.portal.settings)
        await invite(self.client, "late@example.com")

    async def be_invited_elsewhere(self) -> None:
        """By another company's owner: one invitation is taken back, one is open."""
        new = "/contracts/D-2001/invitations/new"
        data = {"emails": CHANGED, "language": "ja"}
        await confirm(self.outsider, await self.outsider.post(new, data=data))
        id = await fetch_value("select max(id::text) from invitation where email = $1", CHANGED)
        cancel = f"/contracts/D-2001/invitations/{id}/cancellation"
        await confirm(self.outsider, await self.outsider.post(cancel))
        await confirm(self.outsider, await self.outsider.post(new, data=data))

    async def work(self) -> None:
        """Environments, an activation, and a form that an expired session sent."""
        await self.client.post(
            f"{ENVIRONMENTS}/new", data={"name": f"{NAME}の環境", "sort_key": "7"}
        )
        here = await place(self.portal.settings)
        for finished in (True, False):
            files = {"request": (f"{CODE}.jwt", upload(), "application/octet-stream")}
            sent = await self.client.post(here.url, files=files)
            if finished:
                assert (await self.client.post(sent.headers["location"])).status_code == 303
        expired = await self.portal.signed_in(CODE)
        await fetch(
            'update session set expires_at = now() where "user" = $1 and id = ('
            'select max(id::text)::uuid from session where "user" = $1)',
            self.id,
        )
        await expired.post(f"{ENVIRONMENTS}/new", data={"name": NAME, "sort_key": "8"})
        await expired.aclose()

    async def ask_for_a_quote(self) -> None:
        """The request goes on without who asked."""
        product = await Product.objects().first()
        assert product is not None
        contract = await fetch_value("select id from contract where number = 'D-1001'")
        wanted = Wanted(Wish.ADD, product=product.id, quantity=3)
        await request_quote(None, contract=contract, wanted=[wanted], note="至急", actor=self.id)

    async def be_locked_out(self) -> None:
        """Guesses at the password, and links to set it."""
        async with self.portal.anonymous() as guesser:
            await guesser.post("/login", data={"code": CODE, "password": "wrong"})
            for account in (CODE, CHANGED):
                await guesser.post("/password/forgotten", data={"account": account})
        data = {"email": "x@example.com", "password": "wrong"}
        await self.client.post("/profile/email", data=data)

    async def add_factors(self) -> None:
        """An app, a passkey, recovery codes, and a log-in that waits for one of them."""
        await add_app(self.client)
        await make_codes(self.client)
        await Passkey.insert(
            Passkey(
                user=self.id,
                credential_id=b"credential",
                public_key=b"key",
                sign_count=0,
                name=f"{NAME}の鍵",
                created_at=clock.now(),
            )
        )
        await keep_sessions(self.id)
        waiting = self.portal.anonymous()
        answer = await waiting.post("/login", data={"code": CODE, "password": NEW_PASSWORD})
        assert answer.headers["location"].startswith("/login/second-factor")
        await waiting.aclose()

    async def be_talked_about(self) -> None:
        """The owner is about to remove them."""
        page = f"/contracts/D-1001/members/{await membership_id(CODE)}"
        assert (await self.owner.post(f"{page}/removal")).status_code == 303

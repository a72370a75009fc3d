"""The people of one journey, all of one mode and language, and what they reached."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, BrowserContext

from app.database import fetch
from tests.browser import mailbox
from tests.browser.inspection import WIDE, check_live_regions, inspect
from tests.browser.people import MODES, Mouse, Person
from tests.browser.plant import LicensedSystem
from tests.browser.site import Site
from tests.mail.post import link

# Long, since a busy machine is slow; nothing waits longer than it must.
PATIENCE_MS = 30_000


@dataclass
class Cast:
    """Opens browsers for people and keeps the states that were reached.

    Attributes:
        looks: whether each state is looked at with axe; once per language is enough, since the
            other modes show the same pages.
    """

    site: Site
    browser: Browser
    mode: str
    language: str
    folder: Path
    states: set[str] = field(default_factory=set)
    people: list[Person] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def looks(self) -> bool:
        return self.mode == Mouse.mode

    async def visitor(self, base: str = "") -> Person:
        """Somebody who has not signed in, at the portal or at another address."""
        kind = MODES[self.mode]
        context = await self.browser.new_context(
            viewport=WIDE,
            locale={"ja": "ja-JP", "en": "en-US"}[self.language],
            java_script_enabled=kind.script,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        person = kind(await context.new_page(), base or self.site.url, self.language)
        self.people.append(person)
        return person

    async def person(self, code: str) -> Person:
        """One of the demo's people, signed in, in the language of the journey."""
        await self.site.set_language(code, self.language)
        person = await self.visitor()
        await self.site.sign_in(person.page.context, code)
        return person

    async def settled_newcomer(self) -> Person:
        """The newcomer, after the terms and the password change."""
        await fetch("update portal_user set must_change_password = false where code = 'newcomer'")
        await fetch(
            'insert into terms_of_use_acceptance (id, "user", terms_of_use, accepted_at)'
            " select gen_random_uuid(), u.id, t.id, now() from portal_user u, terms_of_use t"
            " where u.code = 'newcomer'"
        )
        return await self.person("newcomer")

    async def mailed_link(self, address: str) -> str:
        """The link in the newest mail that was delivered to an address."""
        return await mailbox.link_to(self.site.settings, address)

    async def open_mailed_link(self, person: Person, address: str) -> str:
        """Read the newest mail to an address in the demo's mailbox, and press its link."""
        id, mail = await mailbox.newest_to(self.site.settings, address)
        await person.visit(f"/demo/mail/{id}")
        await person.press(link(mail))
        return link(mail)

    def licensed_system(self) -> LicensedSystem:
        """A licensed system that trusts the demo's root."""
        root = self.site.settings.data_dir / "trust" / "root.pem"
        return LicensedSystem(self.folder, root, self.language)

    async def reached(self, state: str, person: Person) -> None:
        """A state of the matrix was reached, by this person."""
        self.states.add(state)
        await self.look(person)

    async def look(self, person: Person) -> None:
        """Look at a page that is part of the way."""
        if person.base == self.site.url:
            await check_live_regions(person.page)
        if self.looks:
            await inspect(person.page, self.language)

    async def leave(self) -> None:
        """Close the browsers; nobody's console may hold a complaint."""
        problems = [p for person in self.people for p in person.problems]
        for context in self.contexts:
            await context.close()
        assert not problems, problems

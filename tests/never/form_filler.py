"""Sends every form of the portal, mutated, as the people who may use it."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random

import httpx

from tests.activation.makers import claims, request_file
from tests.activation.mutations import mutations as request_mutations
from tests.never.mutations import Pairs, Sent, mutate

PASSWORD = "portal-demo-2026"
CONTRACT = "/contracts/D-1001"
ENVIRONMENTS = f"{CONTRACT}/environments"
QUOTES = f"{CONTRACT}/quote-requests"
# How often each form comes; log-in costs a hash, and stops at its throttle, so it comes seldom.
WEIGHTS = {
    "login": 1, "terms": 3, "password": 2, "language": 3, "environment": 6, "change": 6,
    "allocation": 8, "retirement": 2, "confirmation": 5, "activation": 6, "parked-form": 1,
    "logout": 1, "license-key": 4, "group-company": 4, "group-removal": 1, "sheet": 6,
    "sheet-file": 4, "quote": 8, "addition": 4, "quote-withdrawal": 1, "invitation": 5,
    "resending": 1, "cancellation": 1, "membership": 4, "removal": 1, "join": 3, "registration": 3,
    "history": 3, "resources": 3, "notices": 3, "read-marks": 2, "unsubscription": 2,
    "calendar": 1, "revocation": 1, "profile": 4, "email": 1, "new-email": 1, "change-password": 1,
    "forgotten": 2, "reset": 2, "session-end": 1, "passkey": 2, "app": 2, "second-step": 2,
    "proof": 1, "leaving": 2, "withdrawal": 1,
}  # fmt: skip
ENDING = {"retirement", "group-removal", "removal", "membership"}
WHERE_FROM = {"sec-fetch-site", "origin", "referer"}
PEOPLE = {
    "login": "anonymous", "logout": "anonymous", "terms": "newcomer", "password": "newcomer",
    "join": "anonymous", "registration": "anonymous", "forgotten": "anonymous",
    "reset": "anonymous", "new-email": "anonymous", "unsubscription": "anonymous",
    "second-step": "anonymous",
}  # fmt: skip


@dataclass
class Answers:
    """How often each form got each status, and what must never come."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class FormFiller:
    """Fills in the portal's forms; the same seed sends the same in the same order.

    Args:
        people: clients by user code, signed in; `anonymous` is not.

    Attributes:
        weights: how often each form comes.
    """

    weights = WEIGHTS

    def __init__(self, people: dict[str, httpx.AsyncClient], seed: int) -> None:
        self.people, self.random, self.answers = people, Random(seed), Answers()
        self.forms: dict[str, Sent] = {}
        self.uploads = request_mutations(seed, 10**9)

    async def look_around(self) -> None:
        """Find the environment and the fields that the forms are about, as a person does."""
        owner = self.people["owner"]
        listed = (await owner.get(ENVIRONMENTS)).text
        found = re.search(
            rf'"({ENVIRONMENTS}/[0-9a-f-]{{36}})/allocations"[^\n]*<span[^>]*> 検証', listed
        )
        assert found, "検証環境 is on the list"
        url = found[1]
        page = (await owner.get(f"{url}/allocations")).text
        counts: Pairs = tuple(
            re.findall(r'name="((?:q|seen)-[0-9a-f-]{36})"[^>]*value="(\d+)"', page)
        )
        name: Pairs = (("name", "新しい環境"), ("sort_key", "30"), ("group_company", ""))
        somewhere = "01980000-0000-7000-8000-000000000001"
        self.forms = {
            "login": Sent("/login", (("code", "owner"), ("password", "no"), ("next", "/"))),
            "logout": Sent("/logout"),
            "terms": Sent("/terms", (("version", "1"), ("agree", "1"), ("next", "/"))),
            "password": Sent("/password", (("password", "a"), ("again", "a"), ("next", "/"))),
            "language": Sent("/language", (("language", "ja"), ("back", "/"))),
            "environment": Sent(f"{ENVIRONMENTS}/new", name),
            "change": Sent(url, (*name, ("version", "1"))),
            "allocation": Sent(f"{url}/allocations", counts),
            "retirement": Sent(f"{url}/retirement"),
            "confirmation": Sent(f"/confirmations/{somewhere}"),
            "parked-form": Sent(f"/parked-forms/{somewhere}"),
            "activation": Sent(f"{url}/activations", (("draft", ""),), b""),
            **await self._contract_forms(somewhere),
            **_own_forms(somewhere),
        }

    async def _contract_forms(self, somewhere: str) -> dict[str, Sent]:
        """The forms of an owner on the pages of a contract."""
        owner = self.people["owner"]
        page = (await owner.get(f"{QUOTES}/new")).text
        fields = re.findall(r'name="((?:seen|q|wish)-[^"]+)"(?:[^>]*value="([^"]*)")?', page)
        chosen: Pairs = tuple(
            (name, "change" if name.startswith("wish") else value) for name, value in fields
        )
        members = (await owner.get(f"{CONTRACT}/members")).text
        found = re.search(rf'"({CONTRACT}/members/[0-9a-f-]{{36}})"[^>]*>Alex', members)
        assert found, "Alex Morgan is on the list"
        products = (await owner.get(f"{QUOTES}/new/addition")).text
        product = re.findall(r'<option value="([0-9a-f-]{36})"', products)[0]
        sheet = (await owner.get(f"{CONTRACT}/allocation-sheet")).text
        grid = re.findall(r'name="(rows|columns|seen-\d+)" value="([^"]*)"', sheet)
        table = "環境,製品,数量\n検証環境,WORKFLOW,3\n"
        return {
            "license-key": Sent(f"{CONTRACT}/other-products/new", (("key", "DEMO0-CONN8-FREE1"),)),
            "group-company": Sent(
                f"{CONTRACT}/group-companies/new", (("search", "サンプル"), ("company", somewhere))
            ),
            "group-removal": Sent(f"{CONTRACT}/group-companies/{somewhere}/removal"),
            "sheet": Sent(f"{CONTRACT}/allocation-sheet", (("table", table),)),
            "grid": Sent(f"{CONTRACT}/allocation-sheet/grid", (*grid, ("cell-0-0", "３"))),
            "sheet-file": Sent(
                f"{CONTRACT}/allocation-sheet",
                (("table", ""),),
                table.encode("shift_jis"),
                file_field="file",
            ),
            "quote": Sent(f"{QUOTES}/new", (*chosen, ("note", "備考"), ("step", "save"))),
            "addition": Sent(f"{QUOTES}/new/addition", (("product", product), ("quantity", "３"))),
            "quote-withdrawal": Sent(f"{QUOTES}/{somewhere}/withdrawal"),
            "invitation": Sent(
                f"{CONTRACT}/invitations/new", (("emails", "a@example.com"), ("language", "ja"))
            ),
            "resending": Sent(f"{CONTRACT}/invitations/{somewhere}/resending"),
            "cancellation": Sent(f"{CONTRACT}/invitations/{somewhere}/cancellation"),
            "membership": Sent(found[1], (("role", "member"), ("notification", "1"))),
            "removal": Sent(f"{found[1]}/removal"),
            "history": Sent(
                f"{CONTRACT}/history",
                (
                    ("event_type", "contract-creation"),
                    ("person", ""),
                    ("from", "2026/01/01"),
                    ("to", ""),
                ),
                method="GET",
            ),
            "resources": Sent(f"{CONTRACT}/resources", (("product", "PLATFORM"),), method="GET"),
        }

    def sender(self, name: str) -> httpx.AsyncClient:
        """Who sends the form."""
        return self.people[PEOPLE.get(name, "owner")]

    def ends(self, name: str) -> bool:
        """Whether the form is not confirmed, since those that follow need what it ends."""
        return name in ENDING

    async def send_some(self, count: int) -> None:
        """Send so many mutated forms."""
        names = list(self.weights)
        for name in self.random.choices(names, list(self.weights.values()), k=count):
            form = self.forms[name]
            if name == "activation":
                upload = (
                    next(self.uploads) if self.random.random() < 0.8 else request_file(claims())
                )
                form = replace(form, upload=upload)
            await self._send(name, mutate(form, self.random))

    async def _send(self, name: str, form: Sent) -> None:
        client = self.sender(name)
        target = form.path + (f"?{form.query}" if form.query else "")
        headers = [(key.encode(), value.encode("latin-1")) for key, value in form.headers]
        if not any(key in WHERE_FROM for key, _ in form.headers):
            headers.append((b"sec-fetch-site", b"same-origin"))
        if form.content_type:
            headers.append((b"content-type", form.content_type.encode("latin-1")))
        try:
            answer = await client.request(form.method, target, headers=headers, content=form.body)
        except Exception as error:  # an answer is owed to whatever is sent
            self._note(name, 599, form, repr(error))
            return
        self._note(name, answer.status_code, form, answer.text[-300:])
        location = answer.headers.get("location", "")
        if location.startswith("/confirmations/"):
            if not self.ends(name):
                self.forms["confirmation"] = Sent(location)
            shown = await client.get(location)
            self._note("confirm page", shown.status_code, form, shown.text[-300:])

    def _note(self, name: str, status: int, form: Sent, text: str) -> None:
        self.answers.statuses[name, status] += 1
        # Browsers expect this status where they may not fetch a page ahead.
        ahead = status == 503 and text == "503 Not fetched ahead\n"
        if status >= 500 and not ahead:
            self.answers.wrong.append(f"{status} {name} {str(form)[:900]} → {text}")


def _own_forms(somewhere: str) -> dict[str, Sent]:
    """The forms about a person, and those behind mailed links, whose tokens nobody guesses."""
    name: Pairs = (("name", "鈴木 一郎"), ("language", "ja"))
    token, session = "A" * 43, "/profile/sessions"
    again: Pairs = (("password", "a"), ("again", "a"))
    account: Pairs = (("name", "新人"), ("code", "shinjin"), ("version", "1"), ("agree", "1"))
    reason: Pairs = (("reason", "privacy"), ("note", "名前は書きません"), ("password", "no"))
    return {
        "notices": Sent("/notices", (("product", "PLATFORM"), ("unread", "1")), method="GET"),
        "read-marks": Sent("/notices/read-marks", (("until", somewhere), ("product", ""))),
        "unsubscription": Sent(f"/unsubscriptions/{token}", (("membership", somewhere),)),
        "calendar": Sent("/profile/calendar"),
        "revocation": Sent("/profile/calendar/revocation"),
        "profile": Sent("/profile", name),
        "email": Sent("/profile/email", (("email", "o@example.com"), ("password", "no"))),
        "new-email": Sent(f"/email-addresses/{token}"),
        "change-password": Sent("/profile/password", (("current", "no"), *again)),
        "session-end": Sent(f"{session}/{somewhere}/end"),
        "forgotten": Sent("/password/forgotten", (("email", "owner@example.com"),)),
        "reset": Sent(f"/password/reset/{token}", again),
        "join": Sent(f"/join/{token}", (*account, *again)),
        "registration": Sent(f"/join/{token}/registrations/{somewhere}"),
        "passkey": Sent(
            "/profile/second-factors/passkeys/new", (("name", "鍵"), ("credential", "{}"))
        ),
        "app": Sent(
            f"/profile/second-factors/authenticator-apps/{somewhere}", (("code", "123456"),)
        ),
        "second-step": Sent("/login/second-factor", (("way", "app"), ("code", "123456"))),
        "proof": Sent("/profile/proof", (("way", "password"), ("password", "no"), ("next", "/"))),
        "leaving": Sent("/profile/withdrawal", (("agree", "1"),)),
        "withdrawal": Sent(f"/profile/withdrawal/{somewhere}", reason),
    }


async def sign_in(client: httpx.AsyncClient, code: str) -> httpx.AsyncClient:
    """Sign in with the demo's password, over the log-in form."""
    answer = await client.post("/login", data={"code": code, "password": PASSWORD})
    assert answer.status_code == 303, f"{code}: {answer.status_code}"
    return client

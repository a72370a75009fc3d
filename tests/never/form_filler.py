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
ENVIRONMENTS = "/contracts/D-1001/environments"
# How often each form comes; log-in costs a hash, and stops at its throttle, so it comes seldom.
WEIGHTS = {
    "login": 1, "terms": 3, "password": 2, "language": 3, "environment": 6, "change": 6,
    "allocation": 8, "retirement": 2, "confirmation": 5, "activation": 6, "parked-form": 1,
    "logout": 1,
}  # fmt: skip
WHERE_FROM = {"sec-fetch-site", "origin", "referer"}
PEOPLE = {"login": "anonymous", "logout": "anonymous", "terms": "newcomer", "password": "newcomer"}


@dataclass
class Answers:
    """How often each form got each status, and what must never come."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class FormFiller:
    """Fills in the portal's forms; the same seed sends the same in the same order.

    Args:
        people: clients by user code, signed in; `anonymous` is not.
    """

    def __init__(self, people: dict[str, httpx.AsyncClient], seed: int) -> None:
        self.people, self.random, self.answers = people, Random(seed), Answers()
        self.forms: dict[str, Sent] = {}
        self.uploads = request_mutations(seed, 10**9)

    async def look_around(self) -> None:
        """Find the environment and the fields that the forms are about, as a person does."""
        owner = self.people["owner"]
        listed = (await owner.get(ENVIRONMENTS)).text
        found = re.search(
            rf'"({ENVIRONMENTS}/[0-9a-f-]{{36}})/allocations"[^>]*>[^<]*<span[^>]*> 検証', listed
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
        }

    async def send_some(self, count: int) -> None:
        """Send so many mutated forms."""
        names = list(WEIGHTS)
        weights = list(WEIGHTS.values())
        for name in self.random.choices(names, weights, k=count):
            form = self.forms[name]
            if name == "activation":
                upload = (
                    next(self.uploads) if self.random.random() < 0.8 else request_file(claims())
                )
                form = replace(form, upload=upload)
            await self._send(name, mutate(form, self.random))

    async def _send(self, name: str, form: Sent) -> None:
        client = self.people[PEOPLE.get(name, "owner")]
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
            if name != "retirement":
                self.forms["confirmation"] = Sent(location)
            shown = await client.get(location)
            self._note("confirm page", shown.status_code, form, shown.text[-300:])

    def _note(self, name: str, status: int, form: Sent, text: str) -> None:
        self.answers.statuses[name, status] += 1
        if status >= 500:
            self.answers.wrong.append(f"{status} {name} {str(form)[:900]} → {text}")


async def sign_in(client: httpx.AsyncClient, code: str) -> httpx.AsyncClient:
    """Sign in with the demo's password, over the log-in form."""
    answer = await client.post("/login", data={"code": code, "password": PASSWORD})
    assert answer.status_code == 303, f"{code}: {answer.status_code}"
    return client

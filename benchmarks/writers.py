"""Forms that store something, one after the other, for benchmarks.storage_per_person."""

import re
from collections.abc import Awaitable, Callable, Sequence

import httpx

Step = Callable[[httpx.AsyncClient, int, str], Awaitable[int]]
Writer = Sequence[Step]

CONTRACT = "/contracts/D-1001"
NEW = f"{CONTRACT}/environments/new"


async def _confirm(client: httpx.AsyncClient, proposed: httpx.Response) -> int:
    """決定, where there is something to confirm; how many requests it took in all."""
    location = proposed.headers.get("location", "")
    if not location.startswith("/confirmations/"):
        return 1
    await client.post(location)
    return 2


async def environment(client: httpx.AsyncClient, n: int, _content: str) -> int:
    """Create an environment."""
    form = {"name": f"環境 {n}", "sort_key": str(n % 999_999)}
    return await _confirm(client, await client.post(NEW, data=form))


async def sheet(client: httpx.AsyncClient, n: int, content: str) -> int:
    """Upload a sheet of allocations and confirm nothing; then one that is wrong."""
    url, table = f"{CONTRACT}/allocation-sheet", f"環境,製品,数量\n検証環境,WORKFLOW,{n % 20 + 1}\n"
    await client.post(url, data={"table": ""}, files={"file": ("a.csv", table.encode())})
    await client.post(url, data={"table": table + content[:400_000]})
    return 2


async def invitation(client: httpx.AsyncClient, n: int, _content: str) -> int:
    """Invite fifty addresses at once."""
    emails = "\n".join(f"p{n}-{each}@example.org" for each in range(50))
    form = {"emails": emails, "language": "ja"}
    return await _confirm(client, await client.post(f"{CONTRACT}/invitations/new", data=form))


async def quote(client: httpx.AsyncClient, n: int, content: str) -> int:
    """Keep a draft, then ask for the quote."""
    path = f"{CONTRACT}/quote-requests/new"
    page = (await client.get(path)).text
    fields = dict(re.findall(r'name="((?:seen|q)-[^"]+)"(?:[^>]*value="([^"]*)")?', page))
    fields |= dict(re.findall(r'name="(wish-[^"]+)"[^>]*value="(renew)"', page))
    fields |= {"note": content[: n % 1000 + 1]}
    await client.post(path, data={**fields, "step": "save"})
    return 2 + await _confirm(client, await client.post(path, data=fields))


async def request_file(client: httpx.AsyncClient, n: int, content: str) -> int:
    """Upload files that are no activation requests."""
    page = (await client.get(f"{CONTRACT}/environments")).text
    found = re.search(rf'"({CONTRACT}/environments/[0-9a-f-]{{36}})/', page)
    if found is None:
        return 1
    files = {"request": ("request.jwt", content[:60_000].encode(), "application/octet-stream")}
    await client.post(f"{found[1]}/activations", files=files)
    return 2


async def language(client: httpx.AsyncClient, n: int, _content: str) -> int:
    """Switch the language back and forth."""
    await client.post("/language", data={"language": ("ja", "en")[n % 2], "back": "/"})
    return 1


async def profile(client: httpx.AsyncClient, n: int, _content: str) -> int:
    """Change the name."""
    form = {"name": f"鈴木 {n}", "language": "ja"}
    return await _confirm(client, await client.post("/profile", data=form))


async def calendar(client: httpx.AsyncClient, _n: int, _content: str) -> int:
    """Make a calendar address."""
    return await _confirm(client, await client.post("/profile/calendar"))


async def email(client: httpx.AsyncClient, n: int, _content: str) -> int:
    """Ask for another mail address, with a wrong password."""
    form = {"email": f"new{n}@example.org", "password": "no"}
    return await _confirm(client, await client.post("/profile/email", data=form))


async def downloads(client: httpx.AsyncClient, _n: int, _content: str) -> int:
    """Download one's own data, and tables of the contract."""
    await client.get("/profile/own-data")
    await client.get(f"{CONTRACT}/products.csv")
    return 2


async def passkey(client: httpx.AsyncClient, _n: int, _content: str) -> int:
    """Have challenges made for passkeys."""
    await client.get("/profile/second-factors/passkeys/new")
    return 1


async def read_marks(client: httpx.AsyncClient, _n: int, _content: str) -> int:
    """Mark all notices as read."""
    await client.post("/notices/read-marks", data={"until": "", "product": ""})
    return 1


async def expired_form(client: httpx.AsyncClient, n: int, content: str) -> int:
    """Send a large form with a session that has expired."""
    await client.post(NEW, data={"name": f"環境 {n}", "sort_key": "1", "note": content[:500_000]})
    return 1


async def guess(client: httpx.AsyncClient, n: int, _content: str) -> int:
    """Guess passwords of accounts that are there and that are not."""
    await client.post("/login", data={"code": ("owner", f"u{n}")[n % 2], "password": "no"})
    return 1


async def forgotten(client: httpx.AsyncClient, n: int, _content: str) -> int:
    """Forget passwords of accounts that are there and that are not."""
    account = ("owner@example.com", f"nobody{n}@example.org")[n % 2]
    await client.post("/password/forgotten", data={"account": account})
    return 1


# Who writes: the account, and their forms in turn.
WRITERS: dict[str, tuple[str | None, Writer]] = {
    "owner": (
        "owner",
        (environment, sheet, invitation, quote, request_file, passkey),
    ),
    "member": ("member", (language, profile, calendar, email, downloads, read_marks)),
    "anonymous visitor": (None, (guess, forgotten, language)),
    "expired session": ("owner", (expired_form,)),
}

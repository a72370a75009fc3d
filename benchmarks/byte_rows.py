"""The rows of the bytes table that are exact: the same on every machine."""

from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Locator, Page

from app.database import fetch
from app.web.statics import by_url, static_url
from licensed_system.command import main as licensed_system
from tests.browser.meter import Cost, Meter
from tests.browser.site import Site

PASSWORD = "portal-demo-2026"
CONTRACT = "/contracts/D-1001"
ENVIRONMENTS = f"{CONTRACT}/environments"
TABS = ("製品", "環境", "関係者", "グループ会社", "リソース", "ご契約詳細")
KILO = 1000
MANY = 100
OPEN_INVITATIONS = 10


Role = Literal["button", "link"]


@dataclass(frozen=True)
class Row:
    """A line of the table; `reached` says whether the goal was."""

    name: str
    goal: str
    measured: str
    requests: str
    reached: bool


@dataclass
class Line:
    """A browser with an empty cache, and the meter on its line."""

    context: BrowserContext
    page: Page
    meter: Meter

    @classmethod
    async def open(cls, site: Site, browser: Browser, code: str = "") -> "Line":
        """A fresh profile, signed in as `code` where one is named."""
        context = await browser.new_context(locale="ja-JP")
        if code:
            await site.sign_in(context, code)
        page = await context.new_page()
        return cls(context, page, await Meter.on(page, site.url))

    async def visit(self, address: str) -> Cost:
        """What a full page costs."""
        await self.page.goto(address)
        return await self.meter.take()

    async def press(self, name: str, role: Role = "link") -> Cost:
        """What a press costs that leads to a full page."""
        async with self.page.expect_navigation():
            await self._control(name, role).click()
        return await self.meter.take()

    async def swap(self, name: str, role: Role = "link") -> Cost:
        """What a press costs that swaps the main part."""
        async with self.page.expect_response(lambda _: True):
            await self._control(name, role).click()
        return await self.meter.take()

    def _control(self, name: str, role: Role) -> Locator:
        main = self.page.locator("main")
        return main.get_by_role(role, name=name, exact=True).first

    async def log_in(self, site: Site) -> Cost:
        """From the log-in page to home."""
        cost = await self.visit(f"{site.url}/login")
        await self.page.fill("#code", "owner")
        await self.page.fill("#password", PASSWORD)
        return cost + await self.press("ログイン", "button")


async def measure(site: Site, browser: Browser, folder: Path) -> list[Row]:
    """All exact rows; fills the contract D-1001 with a hundred of everything on the way."""
    way_in = await _way_in(site, browser)
    activation = await _activation(site, browser, folder)
    await _fill_up()
    pages = await _page_costs(site, browser)
    swaps = await _swap_costs(site, browser)
    return [
        *way_in,
        _largest(pages),
        _spread("later full page, median / p95", pages, 3, 6),
        _every_swap(swaps),
        *await _unchanged(site, browser),
        *_static_files(),
        _foreign([*pages.values(), *swaps.values()]),
        *activation,
    ]


async def _fill_up() -> None:
    await fetch(
        "insert into environment (id, contract, name, sort_key, revision, created_at)"
        " select gen_random_uuid(), c.id, format('工場%s号ライン制御システム', n), 100 + n, 1,"
        " now() from contract c, generate_series(1, $1) n where c.number = 'D-1001'",
        MANY - 2,
    )
    await fetch(
        "insert into allocation (id, contract, environment, entitlement, quantity)"
        " select gen_random_uuid(), e.contract, e.id, t.id, 1 from environment e"
        " join entitlement t on t.contract = e.contract join product p on p.id = t.product"
        " where e.sort_key > 100 and p.code = 'WORKFLOW'"
    )
    await fetch(
        "with people as (insert into portal_user (id, code, name, email, language, password_hash,"
        " must_change_password, created_at) select gen_random_uuid(), 'user' || n,"
        " format('担当 %s', n), format('user%s@example.com', n), 'ja', '-', false, now()"
        " from generate_series(1, $1) n returning id)"
        ' insert into membership (id, "user", contract, role, notification, created_at)'
        " select gen_random_uuid(), p.id, c.id, 'member', true, now() from people p, contract c"
        " where c.number = 'D-1001'",
        MANY - 3,
    )
    await fetch(
        "insert into invitation (id, contract, email, language, token_hash, invited_by,"
        " invited_at, expires_at) select gen_random_uuid(), c.id,"
        " format('invited%s@example.com', n), 'ja', sha256(n::text::bytea), u.id, now(),"
        " now() + interval '7 days' from contract c, portal_user u, generate_series(1, $1) n"
        " where c.number = 'D-1001' and u.code = 'owner'",
        OPEN_INVITATIONS,
    )
    await fetch(
        "insert into audit_event"
        " (id, at, event_type, actor, contract, subject, details, request_id)"
        " select gen_random_uuid(), now() + n * interval '1 minute', 'allocation-change', u.id,"
        " c.id, e.id, '{}', 'bytes' from contract c, environment e, portal_user u,"
        " generate_series(1, $1) n where e.contract = c.id and e.name = '検証環境'"
        " and u.code = 'owner'",
        MANY,
    )


async def _way_in(site: Site, browser: Browser) -> list[Row]:
    line = await Line.open(site, browser)
    first = await line.visit(f"{site.url}/login")
    await line.context.close()
    line = await Line.open(site, browser)
    home = await line.log_in(site)
    await line.context.close()
    return [
        _row("first visit of the log-in page", first, 8, most_requests=3),
        _row("from an empty cache through log-in to home, script included", home, 26),
    ]


async def _page_costs(site: Site, browser: Browser) -> dict[str, Cost]:
    """Full pages with the style sheet and the script in the cache, but not the page."""
    line = await Line.open(site, browser, "owner")
    for address in ("/site-map", "/profile/second-factors/passkeys/new"):
        await line.visit(site.url + address)
    environment = await _environment()
    addresses = [
        "/",
        "/contracts",
        CONTRACT,
        f"{CONTRACT}/products",
        f"{CONTRACT}/products?expired=1",
        ENVIRONMENTS,
        f"{ENVIRONMENTS}/new",
        f"{ENVIRONMENTS}/{environment}",
        f"{ENVIRONMENTS}/{environment}/allocations",
        f"{ENVIRONMENTS}/{environment}/activations",
        f"{ENVIRONMENTS}/{environment}/activations/1",
        f"{CONTRACT}/members",
        f"{CONTRACT}/members/{await _membership()}",
        f"{CONTRACT}/invitations/new",
        f"{CONTRACT}/history",
        f"{CONTRACT}/group-companies",
        f"{CONTRACT}/resources",
        "/guide",
        "/notices",
        "/profile",
        "/profile/calendar",
        "/profile/email",
        "/profile/password",
        "/profile/sessions",
        "/profile/second-factors",
        "/profile/second-factors/passkeys/new",
        "/password/forgotten",
        "/terms",
    ]
    costs = {address: await line.visit(site.url + address) for address in addresses}
    await line.context.close()
    return costs


async def _membership() -> str:
    """Alex Morgan's, in D-1001."""
    rows = await fetch(
        'select m.id from membership m join portal_user u on u.id = m."user"'
        " where u.code = 'english'"
    )
    return str(rows[0]["id"])


async def _environment() -> str:
    """本番環境, which has been activated."""
    rows = await fetch("select id from environment where name = '本番環境'")
    return str(rows[0]["id"])


async def _swap_costs(site: Site, browser: Browser) -> dict[str, Cost]:
    line = await Line.open(site, browser, "owner")
    await line.visit(site.url + CONTRACT)
    costs = {tab: await line.swap(tab) for tab in TABS}
    await line.swap("環境")
    costs["form"] = await line.swap("新しい環境を作成")
    await line.page.fill("#name", "計測用の環境")
    await line.page.fill("#sort_key", "x")
    costs["errors"] = await line.swap("登録", "button")
    await line.page.fill("#sort_key", "1")
    costs["confirm"] = await line.swap("登録", "button")
    costs["done"] = await line.swap("決定", "button")
    costs["allocations"] = await line.swap("割り当て 計測用の環境")
    await line.page.get_by_label("ワークフロー", exact=True).fill("1")
    costs["confirm allocations"] = await line.swap("割り当て", "button")
    costs["allocated"] = await line.swap("決定", "button")
    costs["activations"] = await line.swap("利用 本番環境")
    await line.swap("関係者")
    costs["invitation"] = await line.swap("招待する")
    await line.page.fill("#emails", "a@example.com, b@example.com")
    costs["confirm invitation"] = await line.swap("メールを送信", "button")
    # The list of members again, which is counted as a tab.
    await line.swap("決定", "button")
    costs["confirm cancellation"] = await line.swap("取り消し a@example.com", "button")
    await line.visit(f"{site.url}/profile")
    for tab in ("パスワード変更", "ログイン中の端末", "プロフィール"):
        costs[tab] = await line.swap(tab)
    costs["mail address"] = await line.swap("変更 メールアドレス")
    await line.context.close()
    return costs


async def _unchanged(site: Site, browser: Browser) -> list[Row]:
    line = await Line.open(site, browser, "owner")
    await line.visit(site.url + CONTRACT)
    again = await line.visit(site.url + CONTRACT)
    await line.swap("関係者")
    await line.swap("製品")
    tab = await line.swap("関係者")
    await line.context.close()
    return [
        _row("unchanged page again", again, 0.5, most_requests=1),
        _row("unchanged tab again", tab, 0.5, most_requests=1),
    ]


def _static_files() -> list[Row]:
    """The style sheet, and the scripts of a page; passkeys.js and camera.js stand alone."""

    def size(name: str) -> int:
        return len(by_url[static_url(name)].compressed or b"")

    script = max(size("htmx.js") + size("portal.js"), size("passkeys.js"), size("camera.js"))
    return [
        _row("CSS, brotli, body alone", Cost(size("portal.css"), 0), 6),
        _row("JavaScript of a page, brotli, body alone", Cost(script, 0), 14),
    ]


def _foreign(costs: list[Cost]) -> Row:
    foreign = sum(cost.foreign for cost in costs)
    return Row("third-party requests of all pages above", "0", "", str(foreign), foreign == 0)


async def _activation(site: Site, browser: Browser, folder: Path) -> list[Row]:
    """Log-in, home, list, contract, 環境, 利用, confirm, Step 2; once cold, then warm."""
    line = await Line.open(site, browser)
    cold = await _activate(line, site, folder / "cold")
    await line.context.clear_cookies()
    warm = await _activate(line, site, folder / "warm")
    await line.context.close()
    name = "activation journey, 8 screens, without the files"
    return [_row(f"{name}, cold", cold, 40), _row(f"{name}, warm", warm, 18)]


async def _activate(line: Line, site: Site, folder: Path) -> Cost:
    root, out = site.settings.data_dir / "trust" / "root.pem", folder.with_suffix(".jwt")
    state = ["--state", str(folder)]
    product = ["--product", "PLATFORM=5.0"]
    licensed_system([*state, "init", "--trust", str(root), "--name", "製造ライン1", *product])
    licensed_system([*state, "request", "--out", str(out)])
    cost = await line.log_in(site)
    cost += await line.press("ご契約一覧へ")
    cost += await line.press("基幹システム契約")
    cost += await line.swap("環境")
    cost += await line.swap("利用 検証環境")
    await line.page.set_input_files("input[type=file]", out)
    cost += await line.swap("登録", "button")
    cost += await line.swap("決定", "button")
    return cost


def _largest(pages: dict[str, Cost]) -> Row:
    css = len(by_url[static_url("portal.css")].compressed or b"")
    address, cost = max(pages.items(), key=lambda item: item[1].size)
    name = f"HTML + CSS of the largest page ({address})"
    return _row(name, Cost(cost.size + css, cost.requests), 18)


def _row(name: str, cost: Cost, kilobytes: float, most_requests: int | None = None) -> Row:
    words = {None: "", 1: ", 1 request"}.get(most_requests, f", ≤ {most_requests} requests")
    goal = f"≤ {kilobytes} kB{words}"
    reached = cost.size <= kilobytes * KILO
    if most_requests is not None:
        reached = reached and cost.requests <= most_requests
    return Row(name, goal, kilo(cost.size), str(cost.requests) if cost.requests else "", reached)


def _spread(name: str, costs: dict[str, Cost], middle: float, high: float) -> Row:
    sizes = sorted(cost.size for cost in costs.values())
    p95 = sizes[ceil(0.95 * len(sizes)) - 1]
    requests = max(cost.requests for cost in costs.values())
    reached = median(sizes) <= middle * KILO and p95 <= high * KILO and requests == 1
    measured = f"{kilo(median(sizes))} / {kilo(p95)}"
    return Row(name, f"≤ {middle} / ≤ {high} kB, 1 request", measured, str(requests), reached)


def _every_swap(swaps: dict[str, Cost]) -> Row:
    """Stricter than the p95 that is asked for: more samples must not make the row green."""
    middle = median(cost.size for cost in swaps.values())
    name, largest = max(swaps.items(), key=lambda item: item[1].size)
    requests = max(cost.requests for cost in swaps.values())
    reached = middle <= 1.5 * KILO and largest.size <= 4 * KILO and requests == 1
    return Row(
        f"tab or step swap, median / largest ({name})",
        "≤ 1.5 / ≤ 4 kB, 1 request",
        f"{kilo(middle)} / {kilo(largest.size)}",
        str(requests),
        reached,
    )


def kilo(size: float) -> str:
    """Bytes as kB with two digits."""
    return f"{size / KILO:.2f} kB"

"""Every page needs at most three queries, however many rows it has."""

from collections.abc import Callable
from uuid import UUID

import httpx

from app.database import fetch, fetch_value, queries_made
from app.demo.world import PASSWORD
from tests.activation.world import place, upload
from tests.conftest import Portal
from tests.people.post import membership_id

MOST = 3
# What an activation is decided on takes one look-up more: whether, and with which key, the portal
# can sign.
ACTIVATION = 4
CONTRACT = "/contracts/D-1001"


async def queries(client: httpx.AsyncClient, path: str) -> list[str]:
    """The queries that a page needed, session and access included."""
    made: list[str] = []
    token = queries_made.set(made)
    try:
        answer = await client.get(path)
    finally:
        queries_made.reset(token)
    assert answer.status_code == 200, path
    assert made, "a page asks at least who looks"
    return made


async def _membership() -> str:
    """The page of a member of the contract."""
    return f"{CONTRACT}/members/{await membership_id('english')}"


async def _grow() -> None:
    """Many rows of everything, so that a query for each of them would show."""
    await fetch(
        "insert into environment (id, contract, name, sort_key, created_at)"
        " select gen_random_uuid(), c.id, 'E' || n, n, now()"
        " from contract c, generate_series(1, 60) n where c.number = 'D-1001'"
    )
    await fetch(
        "insert into entitlement select gen_random_uuid(), contract, product, 5, starts_on,"
        " ends_on, null, now() from entitlement, generate_series(1, 10)"
        " where license_key is null"
    )
    await fetch(
        "with n as (insert into notice (id, title_ja, title_en, body_ja, body_en, published_at)"
        " select gen_random_uuid(), 'N', 'N', 'N', 'N', now() from generate_series(1, 60)"
        " returning id) insert into notice_product (id, notice, product)"
        " select gen_random_uuid(), n.id, p.id from n, product p"
    )
    await fetch(
        "insert into allocation select gen_random_uuid(), e.contract, e.id, t.id, 1"
        " from environment e join lateral (select id from entitlement where contract = e.contract"
        " and quantity = 5 order by id limit 3) t on true where e.name in ('E1', 'E2', 'E3')"
    )
    await fetch(
        "update allocation a set quantity = 1 from environment e"
        " where e.id = a.environment and e.name = '本番環境'"
    )


PAGES: list[Callable[[UUID], str]] = [
    lambda _: "/",
    lambda _: "/site-map",
    lambda _: "/guide",
    lambda _: "/profile",
    lambda _: "/profile/calendar",
    lambda _: "/notices",
    lambda _: "/notices?unread=1&product=WORKFLOW",
    lambda _: "/profile/withdrawal",
    lambda _: "/terms",
    lambda _: "/contracts",
    lambda _: "/contracts?search=D&order=end",
    lambda _: CONTRACT,
    lambda _: f"{CONTRACT}/products",
    lambda _: f"{CONTRACT}/products?expired=1",
    lambda _: f"{CONTRACT}/other-products/new",
    lambda _: f"{CONTRACT}/allocation-sheet",
    lambda _: f"{CONTRACT}/environments",
    lambda _: f"{CONTRACT}/environments/new",
    lambda e: f"{CONTRACT}/environments/{e}",
    lambda e: f"{CONTRACT}/environments/{e}/allocations",
    lambda e: f"{CONTRACT}/environments/{e}/allocations/other-products",
    lambda e: f"{CONTRACT}/environments/{e}/activations",
    lambda e: f"{CONTRACT}/environments/{e}/activations/1",
    lambda _: f"{CONTRACT}/members",
    lambda _: f"{CONTRACT}/group-companies",
    lambda _: f"{CONTRACT}/group-companies/new?search=",
    lambda _: f"{CONTRACT}/resources",
    lambda _: f"{CONTRACT}/history",
    lambda _: f"{CONTRACT}/quote-requests",
    lambda _: f"{CONTRACT}/quote-requests/new",
    lambda _: f"{CONTRACT}/quote-requests/new/addition",
]


async def test_no_page_needs_more_queries_than_three(owner: httpx.AsyncClient) -> None:
    environment = await fetch_value("select id from environment where name = '本番環境'")
    entitlement = await fetch_value("select entitlement from allocation limit 1")
    paths = [page(environment) for page in PAGES] + [f"{CONTRACT}/products/{entitlement}"]
    few = {path: await queries(owner, path) for path in paths}
    await _grow()
    many = {path: await queries(owner, path) for path in paths}
    over = {path: made for path, made in many.items() if len(made) > MOST}
    assert not over, {path: [sql.split("from")[1][:60] for sql in m] for path, m in over.items()}
    assert {p: len(m) for p, m in many.items()} == {p: len(m) for p, m in few.items()}


async def test_a_notice_needs_no_more_either(owner: httpx.AsyncClient) -> None:
    id = await fetch_value("select id from notice where title_ja like 'ワークフロー%'")
    assert len(await queries(owner, f"/notices/{id}")) == MOST, "reading marks it"
    assert len(await queries(owner, f"/notices/{id}")) < MOST


async def test_a_confirm_page_and_the_way_back_need_no_more(owner: httpx.AsyncClient) -> None:
    environment = await fetch_value("select id from environment where name = '本番環境'")
    entitlement = await fetch_value(
        "select entitlement from allocation where environment = $1 and quantity = 4", environment
    )
    here = f"{CONTRACT}/environments/{environment}"
    company = await fetch_value("select id from company where name = 'サンプル物流株式会社'")
    for form, data in (
        (f"{CONTRACT}/environments/new", {"name": "x", "sort_key": "1"}),
        (here, {"name": "x", "sort_key": "1", "version": "1"}),
        (f"{here}/allocations", {f"q-{entitlement}": "3"}),
        (f"{here}/retirement", {}),
        (f"{CONTRACT}/invitations/new", {"emails": "a@example.com", "language": "ja"}),
        ("/profile", {"name": "x", "language": "ja"}),
        ("/profile/email", {"email": "a@example.com", "password": PASSWORD}),
        (await _membership(), {"role": "owner"}),
        (f"{CONTRACT}/other-products/new", {"key": "DEMO0-CONN8-FREE1-00001"}),
        (f"{CONTRACT}/group-companies/new", {"company": str(company)}),
    ):
        location = (await owner.post(form, data=data)).headers["location"]
        assert len(await queries(owner, location)) <= MOST, form
        if not form.endswith("retirement"):
            draft = location.rsplit("/", 1)[1]
            assert len(await queries(owner, f"{form}?draft={draft}")) <= MOST, form
    effects = await owner.post(
        f"{CONTRACT}/allocation-sheet", data={"table": "本番環境,PLATFORM,3"}
    )
    draft = effects.headers["location"].rsplit("=", 1)[1]
    assert len(await queries(owner, effects.headers["location"])) <= MOST
    assert len(await queries(owner, f"/confirmations/{draft}")) <= MOST


async def test_the_confirm_page_of_an_activation_needs_four(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    here = await place(portal.settings)
    files = {"request": ("activation-request.jwt", upload(), "application/octet-stream")}
    location = (await owner.post(here.url, files=files)).headers["location"]
    assert len(await queries(owner, location)) <= ACTIVATION
    draft = location.rsplit("/", 1)[1]
    assert len(await queries(owner, f"{here.url}?draft={draft}")) <= MOST

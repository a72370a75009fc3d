"""The steps of single sign-on, as a browser takes them, and connections made by the services."""

import html
import json
import re
import ssl
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx

from app.database import fetch, fetch_value, unit_of_work
from app.single_sign_on import connection_services as changes
from app.single_sign_on.queries import find_connection
from app.single_sign_on.rules import Connection, State
from app.single_sign_on.services import link
from app.single_sign_on.values import ConnectionValues, DomainValues
from tests.conftest import Portal
from tests.people.post import user_id
from tests.single_sign_on.provider import CLIENT, SECRET, Provider

PASSWORD = "portal-demo-2026"
Later = Callable[[timedelta], None]


async def company_of(number: str = "D-1001") -> UUID:
    """The company of a contract."""
    id: UUID = await fetch_value("select company from contract where number = $1", number)
    return id


async def connect(
    portal: Portal,
    provider: Provider,
    *,
    number: str = "D-1001",
    domain: str = "example.com",
    state: State = State.OFFERED,
) -> Connection:
    """A connection that was tested, and is in this state."""
    company, actor = await company_of(number), await user_id("staff")
    values = ConnectionValues(issuer=provider.issuer, client_id=CLIENT)
    await changes.save_connection(company, values=values, revision=0, actor=actor)
    await changes.set_secret(portal.settings, company, SECRET, actor=actor)
    if domain:
        found = DomainValues(domain=domain, reason="known")
        await changes.add_domain(company, values=found, actor=actor)
    if state is not State.DRAFT:
        await fetch(
            "update single_sign_on_connection set state = $2, tested_at = now() where company = $1",
            company,
            state.value,
        )
    connection = await find_connection(company)
    assert connection is not None
    return connection


async def link_account(connection: Connection, code: str, subject: str = "s-1") -> None:
    """Link somebody's account, as its password did before."""
    async with unit_of_work():
        await link(connection, await user_id(code), subject)


async def depart(
    visitor: httpx.AsyncClient, address: str = "owner@example.com", **form: str
) -> str:
    """Enter an address at the sign-in page; answers the provider's address that it leads to."""
    data = {"code": address, "password": "", **form}
    handed = await visitor.post("/login", data=data)
    assert handed.status_code == 307, handed.text
    return onward(await visitor.post(handed.headers["location"], data=data))


def onward(page: httpx.Response) -> str:
    """Where a page leads by itself; its link is the same."""
    assert page.status_code == 200, page.text
    seconds, _, address = page.headers["refresh"].partition("; url=")
    assert seconds == "0" and f'href="{html.escape(address)}"' in page.text
    return address


async def visit(address: str, trust: ssl.SSLContext | None = None) -> str:
    """Go to a page of the provider; answers where it leads.

    Args:
        trust: what the browser trusts beside the usual authorities.
    """
    async with httpx.AsyncClient(verify=trust or True) as browser:
        answer = await browser.get(address)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def arrive(
    visitor: httpx.AsyncClient,
    address: str = "owner@example.com",
    trust: ssl.SSLContext | None = None,
    **form: str,
) -> httpx.Response:
    """Sign in through the provider up to the portal's answer."""
    return await visitor.get(await visit(await depart(visitor, address, **form), trust))


def query_of(address: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(address).query))


def kept_in(page: httpx.Response) -> str:
    """What the page that asks for the password keeps."""
    found = re.search(r'name="kept" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def refused_as(page: httpx.Response) -> str:
    """The code that a refusal shows, which is also in the audit log."""
    found = re.search(r"<code>([a-z-]+)</code>", page.text)
    assert found, page.text
    return found[1]


async def sessions(code: str = "owner") -> int:
    """How many sessions somebody has."""
    count: int = await fetch_value(
        'select count(*) from session where "user" = $1 and ended_at is null', await user_id(code)
    )
    return count


async def recorded(event_type: str) -> list[dict[str, str]]:
    """The details of the audit events of a type."""
    rows = await fetch(
        "select details::text as details from audit_event where event_type = $1 order by at",
        event_type,
    )
    return [json.loads(row["details"]) for row in rows]

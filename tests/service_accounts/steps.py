"""The steps of an owner with service accounts, and the tokens that the tests use."""

import html
import re
from datetime import timedelta
from uuid import UUID

import httpx

from app import clock
from app.contracts.rules import ServiceRole
from app.database import fetch_value
from app.service_accounts.services import create_account, take_token
from app.service_accounts.vendor_services import create_vendor_account
from tests.conftest import Portal
from tests.environments.steps import confirm, propose
from tests.people.post import user_id

LIST = "/contracts/D-1001/service-accounts"


def form(name: str = "ci", role: str = "operate", days: int = 30) -> dict[str, str]:
    """The form of a new account."""
    last_day = clock.today("Asia/Tokyo") + timedelta(days=days)
    return {"name": name, "role": role, "last_day": last_day.isoformat()}


async def create(client: httpx.AsyncClient, **fields: str) -> str:
    """Create an account by its pages; answers the path of its page."""
    location = await propose(client, f"{LIST}/new", {**form(), **fields})
    return (await confirm(client, location)).partition("?")[0]


def token_in(page: httpx.Response) -> str:
    """The token that a page shows, or an empty string."""
    found = re.search(r'<code id="token">([^<]+)</code>', page.text)
    return html.unescape(found[1]) if found else ""


async def contract_id(number: str = "D-1001") -> UUID:
    """The id of a contract."""
    id: UUID = await fetch_value("select id from contract where number = $1", number)
    return id


async def made_token(
    portal: Portal,
    name: str = "ci",
    role: ServiceRole = ServiceRole.OPERATE,
    *,
    number: str = "D-1001",
    owner: str = "owner",
) -> tuple[UUID, str]:
    """Make an account by its service; answers its id and its token."""
    actor = await user_id(owner)
    account = await create_account(
        portal.settings,
        contract=await contract_id(number),
        name=name,
        role=role,
        expires_at=clock.now() + timedelta(days=30),
        actor=actor,
    )
    token = await take_token(portal.settings, account, actor)
    assert token is not None
    return account, token


async def made_vendor_token(portal: Portal, name: str, *scopes: str) -> tuple[UUID, str]:
    """Make an account of the vendor by its service; answers its id and its token."""
    actor = await user_id("staff")
    account = await create_vendor_account(
        portal.settings,
        name=name,
        scopes=scopes,
        expires_at=clock.now() + timedelta(days=30),
        actor=actor,
    )
    token = await take_token(portal.settings, account, actor)
    assert token is not None
    return account, token

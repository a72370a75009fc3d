"""Whose connection it is: a company's, or the vendor's, through which its staff sign in."""

from dataclasses import dataclass

from app.database import fetch
from app.single_sign_on import connection_services as changes
from app.single_sign_on.queries import find_connection
from app.single_sign_on.rules import Connection, State
from app.single_sign_on.values import DomainValues, VendorConnectionValues
from app.single_sign_on.vendor_services import save_vendor_connection
from tests.conftest import Portal
from tests.people.post import user_id
from tests.single_sign_on.provider import CLIENT, SECRET, Provider
from tests.single_sign_on.steps import connect, link_account


async def connect_staff(
    portal: Portal,
    provider: Provider,
    *,
    state: State = State.OFFERED,
    amr: tuple[str, ...] = (),
    acr: tuple[str, ...] = (),
) -> Connection:
    """The vendor's connection, which was tested, and is in this state."""
    actor = await user_id("staff")
    values = VendorConnectionValues(
        issuer=provider.issuer, client_id=CLIENT, amr=list(amr), acr=list(acr)
    )
    await save_vendor_connection(values=values, revision=0, actor=actor)
    await changes.set_secret(portal.settings, None, SECRET, actor=actor)
    domain = DomainValues(domain="example.org", reason="ours")
    await changes.add_domain(None, values=domain, actor=actor)
    if state is not State.DRAFT:
        await fetch(
            "update single_sign_on_connection set state = $1, tested_at = now()"
            " where company is null",
            state.value,
        )
    connection = await find_connection(None)
    assert connection is not None
    return connection


@dataclass(frozen=True)
class Side:
    """A connection and one of its people.

    Attributes:
        person, address: user code and mail address of the person.
        colleague: user code of another one on this side.
        below: an address of a domain below theirs.
        foreign: somebody's address on the other side.
    """

    name: str
    person: str
    address: str
    colleague: str
    below: str
    foreign: str

    async def connect(self, portal: Portal, provider: Provider) -> Connection:
        """Make the connection, which is offered, for the provider that signs the person in."""
        provider.address = self.address
        if self.name == "staff":
            return await connect_staff(portal, provider)
        return await connect(portal, provider)

    async def connect_linked(self, portal: Portal, provider: Provider) -> Connection:
        """Make it, and link the person's account."""
        connection = await self.connect(portal, provider)
        await link_account(connection, self.person)
        return connection


SIDES = (
    Side(
        name="company",
        person="owner",
        address="owner@example.com",
        colleague="member",
        below="owner@sub.example.com",
        foreign="staff@example.org",
    ),
    Side(
        name="staff",
        person="staff",
        address="staff@example.org",
        colleague="clerk",
        below="staff@sub.example.org",
        foreign="owner@example.com",
    ),
)

"""Who sets a company's single sign-on up: administrators, and owners whom they allow to do it."""

from dataclasses import dataclass
from uuid import UUID

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.contracts.access import provide_owned_contract
from app.contracts.rules import SeenContract
from app.single_sign_on.queries import (
    SeenSingleSignOn,
    see_single_sign_on,
    see_single_sign_on_of_contract,
)


@dataclass(frozen=True)
class SetUp:
    """A company's single sign-on, and where it is set up.

    Attributes:
        place: path of its page.
        contract: whose owner looks; None in the console.
        owner: the owner who looks; None in the console.
    """

    seen: SeenSingleSignOn
    place: str
    contract: SeenContract | None = None
    owner: UUID | None = None

    @property
    def number(self) -> str:
        """Return the contract's number, as payloads keep it; empty in the console."""
        return self.contract.number if self.contract else ""

    @property
    def contract_id(self) -> UUID | None:
        """Return the contract in whose history a change stands; None in the console."""
        return self.contract.id if self.contract else None

    @property
    def may_change(self) -> bool:
        """Whether the person who looks may change it."""
        return self.contract is None or (self.contract.may_change and self.seen.by_owners)


async def find_set_up(company: UUID, place: str) -> SetUp:
    """Return the single sign-on of a company for the console.

    Raises:
        NotFoundException: there is no such company.
    """
    found = await see_single_sign_on(company)
    if found is None:
        raise NotFoundException
    return SetUp(found, place)


async def provide_own_set_up(
    viewer: NamedDependency[Viewer], contract: NamedDependency[SeenContract]
) -> SetUp:
    """Return the single sign-on of the company of the contract in the address."""
    found = await see_single_sign_on_of_contract(contract.id)
    return SetUp(found, f"{contract.url}/single-sign-on", contract, viewer.id)


async def provide_own_connected(
    viewer: NamedDependency[Viewer], contract: NamedDependency[SeenContract]
) -> SetUp:
    """Return it where the owner may change it and the provider is entered.

    Raises:
        NotFoundException: the owner may not, or no provider is entered.
    """
    found = await provide_own_set_up(viewer, contract)
    if not found.may_change or found.seen.connection is None:
        raise NotFoundException
    return found


async def find_own_set_up(viewer: Viewer, number: str) -> SetUp:
    """Return the single sign-on of the company of a contract for an owner who may change it.

    Raises:
        NotFoundException: the person may not.
    """
    found = await provide_own_set_up(viewer, await provide_owned_contract(viewer, number))
    if not found.may_change:
        raise NotFoundException
    return found

"""Whose webhooks a page or an act is about; what belongs to others is not found."""

from dataclasses import dataclass
from uuid import UUID

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.contracts.rules import SeenContract
from app.days import JAPAN
from app.webhooks.queries import SeenDelivery, SeenEndpoint, find_delivery, find_endpoint

VENDOR_URL = "/staff/webhooks"


@dataclass(frozen=True)
class Whose:
    """A contract, whose owners manage its webhooks, or the vendor.

    Attributes:
        contract: None for the vendor.
    """

    contract: SeenContract | None

    @property
    def id(self) -> UUID | None:
        """Return the contract's id, as the services take it."""
        return self.contract.id if self.contract else None

    @property
    def number(self) -> str | None:
        """Return the contract's number, as payloads keep it."""
        return self.contract.number if self.contract else None

    @property
    def url(self) -> str:
        """Return the path of the list."""
        return f"{self.contract.url}/webhooks" if self.contract else VENDOR_URL

    @property
    def time_zone(self) -> str:
        """Return where the days begin that pages show."""
        return self.contract.time_zone if self.contract else JAPAN

    @property
    def may_change(self) -> bool:
        """Whether webhooks can be made and changed; those of an ended contract only end."""
        return self.contract.may_change if self.contract else True


def provide_own(contract: NamedDependency[SeenContract]) -> Whose:
    """Return the contract in the address as the one whose webhooks they are."""
    return Whose(contract)


async def provide_endpoint(
    whose: NamedDependency[Whose], endpoint_id: FromPath[UUID]
) -> SeenEndpoint:
    """Return the webhook in the address.

    Raises:
        NotFoundException: there is none of this contract, or of the vendor, in use.
    """
    found = await find_endpoint(whose.id, endpoint_id)
    if found is None:
        raise NotFoundException
    return found


async def provide_delivery(
    endpoint: NamedDependency[SeenEndpoint], delivery_id: FromPath[UUID]
) -> SeenDelivery:
    """Return the delivery in the address.

    Raises:
        NotFoundException: the webhook has none of this id, or no longer.
    """
    found = await find_delivery(endpoint.id, delivery_id)
    if found is None:
        raise NotFoundException
    return found

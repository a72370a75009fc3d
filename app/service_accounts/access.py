"""Service accounts are for a contract's owners; what is another contract's is not found."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.contracts.rules import SeenContract
from app.service_accounts.queries import SeenAccount, find_account


async def provide_account(
    contract: NamedDependency[SeenContract], account_id: FromPath[UUID]
) -> SeenAccount:
    """Return the service account in the address.

    Raises:
        NotFoundException: there is none of this contract.
    """
    found = await find_account(contract, account_id)
    if found is None:
        raise NotFoundException
    return found

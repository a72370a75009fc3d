"""The first sign-in of a person without an account: who gets one, and which contracts they join."""

from collections.abc import Sequence
from uuid import UUID

from app.accounts.session_services import PendingLogin, SignIn
from app.contracts.rules import Role
from app.contracts.services import add_membership
from app.database import fetch, unit_of_work
from app.people.invited_queries import invited_language, is_invited_to_own
from app.people.joining_services import accept_invitations
from app.settings import Settings
from app.single_sign_on import queries, services
from app.single_sign_on.account_services import AddressTaken, make_account
from app.single_sign_on.default_queries import list_default_contracts
from app.single_sign_on.rules import Connection, Refused, Why
from app.single_sign_on.services import Arrival
from app.single_sign_on.token_rules import Person
from app.web import i18n


async def enter(
    settings: Settings,
    connection: Connection,
    arrival: Arrival,
    *,
    user_agent: str,
    device_tokens: Sequence[str],
) -> SignIn | PendingLogin | None:
    """Sign a person in, with a new account where an invitation or the connection says so.

    None where they have to prove first that an account that is there is theirs.

    Raises:
        Refused: they have no account and get none.
        CredentialsChanged: the account is shut.
    """
    # The vendor's own provider makes no accounts of staff.
    if connection.company is not None:
        await _join(connection, connection.company, arrival.person)
    return await services.enter(
        settings, connection, arrival, user_agent=user_agent, device_tokens=device_tokens
    )


async def _join(connection: Connection, company: UUID, person: Person) -> None:
    """Make the account of a person who has none, and let them join what they may join.

    Raises:
        Refused: no one invited them as a member, and the connection has no contracts for everyone.
    """
    found = await queries.find_account(connection, person.subject, person.address)
    if found is not None and not found.made:
        return
    language = await invited_language(company, person.address)
    contracts = await list_default_contracts(connection.id)
    if found is None and language is None and not contracts:
        to_own = await is_invited_to_own(company, person.address)
        raise Refused(Why.OWNER_INVITED if to_own else Why.NO_ACCOUNT)
    async with unit_of_work():
        await services.require_in_use(connection, person.address)
        user = found.user if found else await _make(connection, person, language)
        await accept_invitations(company, person.address, user)
        for contract in contracts:
            await _add(contract, user)


async def _make(connection: Connection, person: Person, language: str | None) -> UUID:
    try:
        return await make_account(
            connection,
            person.address,
            person.name,
            person.subject,
            language=language or i18n.language.get(),
        )
    except AddressTaken:
        raise Refused(Why.OTHER_PERSON) from None


async def _add(contract: UUID, user: UUID) -> None:
    """Add a person to a contract, unless they belong to it already."""
    there = await fetch(
        'select 1 from membership where contract = $1 and "user" = $2', contract, user
    )
    if not there:
        await add_membership(user=user, contract=contract, role=Role.MEMBER, actor=user)

"""Changes of single sign-on, as administrators and owners make them.

Where a company is None, it is the vendor's: its administrators are then what owners are elsewhere.
An owner's change names the contract, so that it stands in the contract's history.
"""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.tables import Company
from app.database import Gone, fetch_value, lock_row, unit_of_work
from app.settings import Settings
from app.single_sign_on.exception_queries import count_exceptions
from app.single_sign_on.exception_services import note_exception
from app.single_sign_on.provider_services import encrypt_client_secret
from app.single_sign_on.queries import find_connection
from app.single_sign_on.revocation_services import revoke_token
from app.single_sign_on.rules import FEWEST_EXCEPTIONS, IN_USE, NEXT_STATES, State
from app.single_sign_on.session_services import end_password_sessions, end_provider_sessions
from app.single_sign_on.tables import (
    SingleSignOnAttempt,
    SingleSignOnConnection,
    SingleSignOnDefaultContract,
    SingleSignOnDomain,
    SingleSignOnException,
    SingleSignOnIdentity,
)
from app.single_sign_on.values import ConnectionValues, DomainValues
from app.web.values import builtins, columns


class TooFewExceptions(Exception):
    """Fewer than two owners with a second factor would keep their password."""


class NoDomain(Exception):
    """The connection has no domain: nobody would be led to the provider."""


class NotPossibleNow(Exception):
    """The connection cannot go from its present state to this one."""


class NotOwner(Exception):
    """The person is no owner of the company's contracts."""


async def lock_connection(
    company: UUID | None, revision: int | None = None
) -> SingleSignOnConnection:
    """Lock the connection of a company, or the vendor's, against other changes of it.

    Raises:
        Gone: there is none.
        Changed: it has another revision by now.
    """
    # As weak as a change allows: linking an account at sign-in refers to this row.
    return await lock_row(
        SingleSignOnConnection,
        SingleSignOnConnection.company == company,
        revision=revision,
        strength="NO KEY UPDATE",
    )


async def save_connection(
    company: UUID,
    *,
    values: ConnectionValues,
    revision: int,
    actor: UUID,
    contract: UUID | None = None,
) -> None:
    """Set issuer and client: a new connection, or one that has to be tested again.

    Another issuer's people are others, so the accounts are no longer linked, and the provisioning
    token is revoked.

    Raises:
        Gone: the company is not there.
        Changed: the connection has another revision by now.
    """
    async with unit_of_work():
        await lock_row(Company, Company.id == company, strength="NO KEY UPDATE")
        try:
            before = await lock_connection(company, revision)
        except Gone:
            await SingleSignOnConnection.insert(
                SingleSignOnConnection(company=company, created_at=clock.now(), **columns(values))
            )
        else:
            if (before.issuer, before.client_id) != (values.issuer, values.client_id):
                await begin_again(before, values)
                await revoke_token(before.id, company, actor=actor, contract=contract)
            elif before.offline_access != values.offline_access:
                await SingleSignOnConnection.update(columns(values)).where(
                    SingleSignOnConnection.id == before.id
                )
            else:
                return
        await record(
            "single-sign-on-change",
            actor=actor,
            contract=contract,
            subject=company,
            **builtins(values),
        )


async def begin_again(before: SingleSignOnConnection, values: ConnectionValues) -> None:
    """Set issuer and client of a connection that is there, so that it has to be tested again.

    Contracts that its people join by themselves were chosen for the provider before.
    """
    await end_provider_sessions(before.id)
    identity, attempt = SingleSignOnIdentity, SingleSignOnAttempt
    chosen = SingleSignOnDefaultContract
    await chosen.delete().where(chosen.connection == before.id)
    await identity.delete().where(identity.connection == before.id)
    await attempt.delete().where(attempt.connection == before.id)
    await SingleSignOnConnection.update(
        {
            SingleSignOnConnection.state: State.DRAFT.value,
            SingleSignOnConnection.tested_at: None,
            **columns(values),
        }
    ).where(SingleSignOnConnection.id == before.id)


async def set_secret(
    settings: Settings,
    company: UUID | None,
    secret: str,
    *,
    actor: UUID,
    contract: UUID | None = None,
) -> None:
    """Set the client secret; the state stays, since providers have one replaced every year or two.

    Raises:
        Gone: there is no connection.
    """
    async with unit_of_work():
        await lock_connection(company)
        connection = await find_connection(company)
        assert connection is not None, "it is locked"
        encrypted = encrypt_client_secret(settings, connection, secret)
        await SingleSignOnConnection.update(
            {SingleSignOnConnection.encrypted_secret: encrypted}
        ).where(SingleSignOnConnection.id == connection.id)
        await record("single-sign-on-secret", actor=actor, contract=contract, subject=company)


async def add_domain(
    company: UUID | None, *, values: DomainValues, actor: UUID, contract: UUID | None = None
) -> None:
    """Add a domain that staff know to be the company's.

    Raises:
        Gone: there is no connection.
        asyncpg.UniqueViolationError: a company has the domain.
    """
    async with unit_of_work():
        connection = await lock_connection(company)
        await SingleSignOnDomain.insert(
            SingleSignOnDomain(
                connection=connection.id,
                verified_by=actor,
                verified_at=clock.now(),
                **columns(values),
            )
        )
        await end_password_sessions(company)
        await record(
            "single-sign-on-domain-addition",
            actor=actor,
            contract=contract,
            subject=company,
            **builtins(values),
        )


async def remove_domain(
    company: UUID | None, domain: UUID, *, actor: UUID, contract: UUID | None = None
) -> None:
    """Remove a domain; its people sign in by password again.

    Raises:
        Gone: it is not there.
    """
    async with unit_of_work():
        connection = await lock_connection(company)
        own = (SingleSignOnDomain.id == domain) & (SingleSignOnDomain.connection == connection.id)
        removed = await lock_row(SingleSignOnDomain, own)
        await SingleSignOnDomain.delete().where(own)
        await end_provider_sessions(connection.id, removed.domain)
        await record(
            "single-sign-on-domain-removal",
            actor=actor,
            contract=contract,
            subject=company,
            domain=removed.domain,
        )


async def change_state(
    company: UUID | None,
    state: State,
    *,
    revision: int,
    actor: UUID | None,
    contract: UUID | None = None,
    reason: str = "",
) -> None:
    """Offer single sign-on, require it, or turn it off.

    Args:
        actor: None for the command, which gives a reason.

    Raises:
        Gone: there is no connection.
        Changed: it has another revision by now.
        NotPossibleNow: its state does not lead to this one.
        NoDomain: it has no domain.
        TooFewExceptions: too few owners keep their password for it to be required.
    """
    async with unit_of_work():
        connection = await lock_connection(company, revision)
        if state not in NEXT_STATES[State(connection.state)]:
            raise NotPossibleNow
        domain = SingleSignOnDomain
        if state in IN_USE and not await domain.exists().where(domain.connection == connection.id):
            raise NoDomain
        if state is State.REQUIRED:
            await _require_exceptions(connection.id)
        await SingleSignOnConnection.update({SingleSignOnConnection.state: state.value}).where(
            SingleSignOnConnection.id == connection.id
        )
        if state not in IN_USE:
            await end_provider_sessions(connection.id)
        await end_password_sessions(company)
        await record(
            "single-sign-on-state",
            actor=actor,
            contract=contract,
            subject=company,
            state=state.value,
            **({"reason": reason} if reason else {}),
        )


async def _require_exceptions(connection: UUID) -> None:
    if await count_exceptions(connection) < FEWEST_EXCEPTIONS:
        raise TooFewExceptions


async def set_exception(
    company: UUID | None, user: UUID, *, keep: bool, actor: UUID, contract: UUID | None = None
) -> None:
    """Let an owner keep their password where single sign-on is required, or no longer.

    Raises:
        Gone: there is no connection.
        NotOwner: the person is no owner of the company's contracts.
        TooFewExceptions: single sign-on is required, and too few would be left.
    """
    exception = SingleSignOnException
    async with unit_of_work():
        connection = await lock_connection(company)
        own = (exception.connection == connection.id) & (exception.user == user)
        if keep:
            if not await fetch_value(
                "select 1 from known_company_owner where company is not distinct from $1"
                ' and "user" = $2',
                company,
                user,
            ):
                raise NotOwner
            if await exception.exists().where(own):
                return
            await exception.insert(
                exception(connection=connection.id, user=user, added_at=clock.now())
            )
        else:
            await exception.delete().where(own)
            if connection.state == State.REQUIRED:
                await _require_exceptions(connection.id)
            await end_password_sessions(company)
        await note_exception(company, user, keep=keep, actor=actor, contract=contract)

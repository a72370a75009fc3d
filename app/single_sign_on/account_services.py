"""Accounts that a company's identity provider makes: at a first sign-in, or by provisioning."""

import re
import secrets
from uuid import UUID

import asyncpg

from app import clock
from app.accounts.passwords import hash_password
from app.accounts.rules import new_token
from app.accounts.services import add_user
from app.accounts.values import LONGEST_NAME
from app.audit.services import record
from app.database import unit_of_work
from app.single_sign_on.rules import Connection, Refused, Why, domain_of
from app.single_sign_on.services import link
from app.single_sign_on.tables import SingleSignOnIdentity

_unknown: list[str] = []
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class AddressTaken(Exception):
    """An account has this mail address."""


async def make_account(
    connection: Connection, address: str, name: str, subject: str | None, *, language: str = "ja"
) -> UUID:
    """Make an account of a connection's person, and return its id. It opens no contract.

    Its password is unknown: the person signs in through the provider. Without a subject, their
    first sign-in links the account; it asks for no password, since no one had the account before.

    Args:
        subject: the provider's own id of the person, if the person is here.

    Raises:
        Refused: the address is of no domain of the connection, or the subject has an account.
        AddressTaken: the address has an account.
    """
    address = address.lower()
    if domain_of(address) not in connection.domains:
        raise Refused(Why.FOREIGN_ADDRESS)
    unknown = await _unknown_password()
    try:
        async with unit_of_work():
            user = await add_user(
                code=_code(address),
                name=name.strip()[:LONGEST_NAME] or address,
                email=address,
                password_hash=unknown,
                language=language,
            )
            await _keep(connection, user, subject)
            await record(
                "single-sign-on-account-creation",
                actor=None,
                subject=connection.company,
                user=user,
            )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "portal_user_email_key":
            raise
        raise AddressTaken from None
    return user


async def _unknown_password() -> str:
    """Return the hash of a password that no one knows, made once: it costs as much as a sign-in."""
    if not _unknown:
        _unknown.append(await hash_password(new_token()))
    return _unknown[0]


def _code(address: str) -> str:
    """Return a user code that looks like the address; no one needs to know it."""
    readable = re.sub(r"[^a-z0-9._-]", "", address.partition("@")[0]).lstrip("._-")
    random = "".join(secrets.choice(LETTERS) for _ in range(6))
    return f"{readable[:32] or 'user'}-{random}"


async def _keep(connection: Connection, user: UUID, subject: str | None) -> None:
    if subject is not None:
        await link(connection, user, subject)
        return
    now, identity = clock.now(), SingleSignOnIdentity
    await identity.insert(
        identity(connection=connection.id, subject=None, user=user, linked_at=now, last_used_at=now)
    )

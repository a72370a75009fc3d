"""Joining a contract by a mailed link, with a new account or an existing one."""

import contextlib
from uuid import UUID

import asyncpg

from app import clock
from app.accounts import company_queries
from app.accounts import queries as accounts
from app.accounts.passwords import hash_password
from app.accounts.rules import Viewer
from app.accounts.services import add_user, record_acceptance
from app.accounts.session_services import SignIn, open_session
from app.audit.services import record
from app.contracts.services import add_membership
from app.database import unit_of_work
from app.people.invited_queries import Invited, list_invited
from app.people.membership_services import lock_people
from app.people.queries import Link
from app.people.rules import REGISTRATION_KEPT
from app.people.tables import Invitation, Registration
from app.people.values import RegistrationValues
from app.web.values import columns


class LinkClosed(Exception):
    """The link was used, cancelled or replaced, or it or the contract ended, a moment ago."""


class CodeTaken(Exception):
    """Another person has this user code."""


class AddressTaken(Exception):
    """The invited address has an account by now: the person signs in with it."""


class MemberAlready(Exception):
    """The person belongs to the contract already."""


async def keep_registration(
    link: Link, *, values: RegistrationValues, language: str, password: str, terms: UUID | None
) -> UUID:
    """Keep what a new person entered until they confirm it; of the password only the hash."""
    hashed = await hash_password(password)
    now = clock.now()
    registration = Registration(
        invitation=link.id,
        language=language,
        password_hash=hashed,
        terms_of_use=terms,
        created_at=now,
        expires_at=now + REGISTRATION_KEPT,
        **columns(values),
    )
    async with unit_of_work():
        await Registration.delete().where(Registration.expires_at <= now)
        await Registration.insert(registration)
    return registration.id


async def register(link: Link, registration: Registration, user_agent: str) -> SignIn | None:
    """Make the account, with the role, the accepted terms of use and a first session.

    There is no session, and the answer is None, where the person's company requires its provider.

    Raises:
        LinkClosed: the link no longer works; the first person has joined.
        CodeTaken, AddressTaken: the account cannot be made like this.
    """
    try:
        async with unit_of_work():
            await _accept(link)
            user = await add_user(
                code=registration.code,
                name=registration.name,
                email=link.email,
                password_hash=registration.password_hash,
                language=registration.language,
            )
            if registration.terms_of_use is not None:
                await record_acceptance(user, registration.terms_of_use)
            await _enter(link, user)
            account = await accounts.find_credentials(registration.code)
            assert account is not None, "it was made a moment ago"
            if (await company_queries.find_sign_in_rule(user)).refused:
                return None
            return await open_session(account, user_agent, known_device=None)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "portal_user_code_key":
            raise CodeTaken from None
        raise AddressTaken from None


async def join(link: Link, viewer: Viewer) -> None:
    """Join with an account that is there already.

    Raises:
        LinkClosed: the link no longer works.
        MemberAlready: the person belongs to the contract; the link stays open.
    """
    try:
        async with unit_of_work():
            await _accept(link)
            await _enter(link, viewer.id)
    except asyncpg.UniqueViolationError:
        raise MemberAlready from None


async def accept_invitations(company: UUID, address: str, user: UUID) -> None:
    """Join the running contracts of a company that an address is invited to as a member.

    It is part of the open unit of work. The caller knows that the address is the person's; to own a
    contract, they have to open the link in their mail.
    """
    for invitation in await list_invited(company, address, user):
        # Cancelled or sent again a moment ago.
        with contextlib.suppress(LinkClosed):
            await _accept(invitation)
            await _enter(invitation, user)


async def _accept(link: Link | Invited) -> None:
    """Use the link up: of all who try, one gets a row. The contract's people are locked first."""
    standing, now = await lock_people(link.contract), clock.now()
    used = (
        await Invitation.update({Invitation.ended_at: now, Invitation.end_reason: "accepted"})
        .where(
            (Invitation.id == link.id)
            & Invitation.ended_at.is_null()
            & (Invitation.expires_at > now)
        )
        .returning(Invitation.id)
    )
    if not used or not standing.runs:
        raise LinkClosed


async def _enter(link: Link | Invited, user: UUID) -> None:
    await Invitation.update({Invitation.accepted_by: user}).where(Invitation.id == link.id)
    await Registration.delete().where(Registration.invitation == link.id)
    await add_membership(user=user, contract=link.contract, role=link.role, actor=user)
    await record("invitation-acceptance", actor=user, contract=link.contract, subject=link.id)

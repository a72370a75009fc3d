"""Signing in through a company's identity provider: there, back, and into a session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from app import clock
from app.accounts import queries as accounts
from app.accounts.exit_services import encrypt_exit, encrypt_grant
from app.accounts.rules import ByProvider
from app.accounts.session_services import PendingLogin, SignIn, pass_first_step
from app.audit.services import record
from app.database import Record, fetch, fetch_one, unit_of_work
from app.settings import Settings
from app.single_sign_on import queries, rules
from app.single_sign_on.departure_services import with_query
from app.single_sign_on.provider_services import Provider, discover, exchange, read_keys
from app.single_sign_on.rules import IN_USE, Connection, Refused, Why
from app.single_sign_on.strength_rules import Strength, strength_of
from app.single_sign_on.tables import SingleSignOnAttempt, SingleSignOnIdentity
from app.single_sign_on.token_rules import Expected, Person, read_id_token

LINK = """
    insert into single_sign_on_identity (id, connection, subject, "user", linked_at, last_used_at)
    values (gen_random_uuid(), $1, $2, $3, $4, $4) on conflict do nothing returning id
"""
# An account that the connection made has a row already, without a subject.
LINK_MADE = """
    update single_sign_on_identity set subject = $2, linked_at = $4
    where connection = $1 and "user" = $3 and subject is null
      and not exists (select 1 from single_sign_on_identity
                      where connection = $1 and subject = $2)
    returning id
"""


class Left(msgspec.Struct, frozen=True):
    """What a provider leaves with the portal beside the person.

    Attributes:
        exit: the address that ends their session there, if there is one.
        session: what the provider calls that session, if it says so.
        refresh: the token that asks whether they may still sign in, if there is one.
        strength: how sure it is of the person.
    """

    exit: str | None
    session: str | None
    refresh: str | None
    strength: Strength


@dataclass(frozen=True)
class Arrival:
    """A person whom the provider sent back.

    Attributes:
        browser: the token of the browser that began the sign-in.
        tester: the owner or administrator who tests the connection; None for a sign-in.
        next: the path that they wanted.
        left: what the provider left with the portal.
    """

    person: Person
    browser: str
    tester: UUID | None
    next: str
    left: Left


async def arrive(
    settings: Settings, connection: Connection, answer: Mapping[str, str], browsers: Sequence[str]
) -> Arrival:
    """Check what a provider sent a person back with. It counts once.

    Args:
        answer: the query of the callback.
        browsers: the tokens that the browser has in its cookies.

    Raises:
        Refused: it does not count.
    """
    attempt, browser = await _take_attempt(connection, answer.get("state", ""), browsers)
    provider = await discover(settings, connection.issuer)
    named = answer.get("iss")
    if (provider.names_itself and named is None) or named not in {None, connection.issuer}:
        raise Refused(Why.MIXED_UP)
    if "code" not in answer or "error" in answer:
        raise Refused(Why.PROVIDER_REFUSED)
    state = answer["state"]
    tokens = await exchange(
        settings,
        connection,
        provider,
        code=answer["code"],
        verifier=rules.verifier_of(state, browser),
        redirect_uri=rules.callback_url(settings.base_url, connection.company),
    )
    keys = await read_keys(settings, provider)
    nonce = rules.nonce_of(state, browser)
    expected = Expected(connection.issuer, connection.client_id, nonce)
    person = read_id_token(tokens.id_token, keys, expected, clock.now())
    if rules.domain_of(person.address) not in connection.domains:
        raise Refused(Why.FOREIGN_ADDRESS)
    exit = _exit(settings, connection, provider, tokens.id_token)
    strength = strength_of(connection, person.authentication, clock.now())
    left = Left(exit, person.session, tokens.refresh, strength)
    return Arrival(person, browser, attempt["tester"], attempt["next"], left)


async def _take_attempt(
    connection: Connection, state: str, browsers: Sequence[str]
) -> tuple[dict[str, Any], str]:
    """Use an attempt up: of all who try, one gets it."""
    for browser in browsers:
        attempt = SingleSignOnAttempt
        [taken] = await attempt.delete().where(
            (attempt.state_hash == rules.attempt_hash(state, browser))
            & (attempt.connection == connection.id)
        ).returning(attempt.tester, attempt.next, attempt.expires_at) or [None]
        in_use = taken and (taken["tester"] or connection.state in IN_USE)
        if taken and in_use and taken["expires_at"] > clock.now():
            return taken, browser
    raise Refused(Why.NO_ATTEMPT)


def _exit(settings: Settings, connection: Connection, provider: Provider, token: str) -> str | None:
    if provider.end_session is None:
        return None
    return with_query(
        provider.end_session,
        {
            "id_token_hint": token,
            "client_id": connection.client_id,
            "post_logout_redirect_uri": rules.after_exit_url(settings.base_url),
        },
    )


async def note_refusal(connection: Connection, why: Why) -> None:
    """Record that a sign-in was refused, if it was begun here."""
    if why is Why.NO_ATTEMPT:
        return
    async with unit_of_work():
        await record(
            "single-sign-on-refusal", actor=None, subject=connection.company, why=why.value
        )


async def require_in_use(connection: Connection, address: str) -> None:
    """Keep a connection as it was read, in the open unit of work: the provider took its time.

    Raises:
        Refused: it was turned off, has another issuer or client, or lost the domain of `address`.
    """
    same = await fetch_one(
        "select 1 from single_sign_on_connection c where id = $1 and issuer = $2 and client_id = $3"
        " and state in ('offered', 'required') and exists (select from single_sign_on_domain d"
        " where d.connection = c.id and d.domain = $4) for share of c",
        *(connection.id, connection.issuer, connection.client_id, rules.domain_of(address)),
    )
    if same is None:
        raise Refused(Why.NO_ATTEMPT)


async def enter(
    settings: Settings,
    connection: Connection,
    arrival: Arrival,
    *,
    user_agent: str,
    device_tokens: Sequence[str],
) -> SignIn | PendingLogin | None:
    """Sign a person in, or None where they have to prove first that the account is theirs.

    Raises:
        Refused: they have no account.
        CredentialsChanged: the account is shut.
    """
    person = arrival.person
    found = await queries.find_account(connection, person.subject, person.address)
    if found is None:
        raise Refused(Why.NO_ACCOUNT)
    if not (found.linked or found.made):
        return None
    account = await accounts.find_own_credentials(found.user)
    if account is None:
        raise Refused(Why.NO_ACCOUNT)
    async with unit_of_work():
        await require_in_use(connection, person.address)
        if found.made:
            await link(connection, found.user, person.subject)
        return await open_linked(
            settings,
            connection,
            account,
            left=arrival.left,
            user_agent=user_agent,
            device_tokens=device_tokens,
        )


async def open_linked(
    settings: Settings,
    connection: Connection,
    account: Record,
    *,
    left: Left,
    subject: str | None = None,
    user_agent: str,
    device_tokens: Sequence[str],
) -> SignIn | PendingLogin:
    """Sign in with an account that is linked, in the open unit of work.

    A second factor that the person set up here is asked all the same, unless the provider's counts.

    Args:
        account: a row of find_credentials.
        subject: the person to link the account with after its second factor.

    Raises:
        CredentialsChanged: the account is shut, or its credentials are others by now.
    """
    user = account["id"]
    device = await accounts.find_device(device_tokens, user)
    by = ByProvider(
        connection.id,
        encrypt_exit(settings, user, left.exit) if left.exit else None,
        left.session,
        encrypt_grant(settings, user, left.refresh) if left.refresh else None,
        left.strength.proved_at,
        left.strength.second_factor,
        subject,
    )
    identity = SingleSignOnIdentity
    await identity.update({identity.last_used_at: clock.now()}).where(
        (identity.connection == connection.id) & (identity.user == user)
    )
    return await pass_first_step(account, user_agent, device, by)


async def link(connection: Connection, user: UUID, subject: str) -> None:
    """Link an account with a person of the provider, in the open unit of work.

    Raises:
        Refused: one of them is linked with another one.
    """
    asked = (connection.id, subject, user, clock.now())
    if await fetch(LINK_MADE, *asked) or await fetch(LINK, *asked):
        await record("single-sign-on-linking", actor=user, subject=connection.company)
        return
    same = await fetch_one(
        "select 1 from single_sign_on_identity"
        ' where connection = $1 and subject = $2 and "user" = $3',
        *(connection.id, subject, user),
    )
    if same is None:
        raise Refused(Why.OTHER_PERSON)

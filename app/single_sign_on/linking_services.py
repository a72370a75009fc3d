"""The first sign-in through a provider: the person proves by password that the account is theirs.

What waits for the password is kept in the page itself, encrypted and bound to the browser, so that
nothing has to be remembered of people who never come back.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from app import clock
from app.accounts import guess_rules, throttling
from app.accounts.factors.queries import has_factor
from app.accounts.passwords import verify_password
from app.accounts.queries import find_own_credentials
from app.accounts.rules import token_hash
from app.accounts.session_services import PendingLogin, SignIn
from app.accounts.throttling import Throttled
from app.audit.services import record
from app.database import unit_of_work
from app.encryption import CannotOpen, decrypt, encrypt, read_secret
from app.settings import Settings
from app.single_sign_on import queries, services
from app.single_sign_on.rules import IN_USE, LINKING_LASTS, Connection, Refused, Why
from app.single_sign_on.services import Arrival, Left


class Linking(msgspec.Struct, frozen=True):
    """An account that waits for its password.

    Attributes:
        browser: hash of the token in the browser's cookie.
    """

    user: UUID
    subject: str
    address: str
    browser: bytes
    next: str
    left: Left
    expires_at: datetime


def _purpose(connection: Connection) -> bytes:
    return b"single-sign-on-linking:" + connection.id.bytes


async def offer_linking(settings: Settings, connection: Connection, arrival: Arrival) -> str:
    """Return what the page keeps until the person has entered the password.

    Raises:
        Refused: there is no account by now.
    """
    person = arrival.person
    found = await queries.find_account(connection, person.subject, person.address)
    if found is None:
        raise Refused(Why.NO_ACCOUNT)
    linking = Linking(
        user=found.user,
        subject=person.subject,
        address=person.address,
        browser=token_hash(arrival.browser),
        next=arrival.next,
        left=arrival.left,
        expires_at=clock.now() + LINKING_LASTS,
    )
    secret = read_secret(settings.secret_file)
    box = encrypt(secret, _purpose(connection), msgspec.json.encode(linking))
    return urlsafe_b64encode(box).decode()


def open_linking(
    settings: Settings, connection: Connection, kept: str, browsers: Sequence[str]
) -> Linking:
    """Return what a page kept.

    Raises:
        Refused: another browser or connection began it, or it is too old or altered.
    """
    try:
        box = urlsafe_b64decode(kept.encode())
        opened = decrypt(read_secret(settings.secret_file), _purpose(connection), box)
        linking = msgspec.json.decode(opened, type=Linking)
    except (CannotOpen, ValueError):
        raise Refused(Why.NO_ATTEMPT) from None
    of_browser = linking.browser in {token_hash(browser) for browser in browsers}
    if not of_browser or linking.expires_at <= clock.now() or connection.state not in IN_USE:
        raise Refused(Why.NO_ATTEMPT)
    return linking


async def link_by_password(
    settings: Settings,
    connection: Connection,
    linking: Linking,
    password: str,
    *,
    user_agent: str,
    device_tokens: Sequence[str],
) -> SignIn | PendingLogin | Throttled | None:
    """Link the account and sign the person in; None where the password is wrong.

    One of the staff with a second factor here is linked after it.

    Raises:
        Refused: the account or the person of the provider is linked otherwise by now.
        CredentialsChanged: the account is shut, or its password has just changed.
    """
    admitted = await throttling.admit(guess_rules.check_lanes(linking.user, connection.id))
    if isinstance(admitted, Throttled):
        return admitted
    account = await find_own_credentials(linking.user)
    if not await verify_password(account["password_hash"] if account else None, password):
        async with unit_of_work():
            await record("password-check-failure", actor=None, subject=linking.user)
        return None
    await throttling.forgive(admitted)
    found = await queries.find_account(connection, linking.subject, linking.address)
    if account is None or found is None or found.user != linking.user:
        raise Refused(Why.NO_ACCOUNT)
    async with unit_of_work():
        await services.require_in_use(connection, linking.address)
        # From then on the provider's second factor may stand in for that of staff.
        waits = connection.company is None and await has_factor(linking.user)
        if not waits:
            await services.link(connection, linking.user, linking.subject)
        return await services.open_linked(
            settings,
            connection,
            account,
            left=linking.left,
            subject=linking.subject if waits else None,
            user_agent=user_agent,
            device_tokens=device_tokens,
        )

"""Signing in through an identity provider: the way there."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from app import clock
from app.accounts.rules import new_token
from app.settings import Settings
from app.single_sign_on import rules
from app.single_sign_on.provider_services import discover
from app.single_sign_on.rules import Connection
from app.single_sign_on.strength_rules import asked_for
from app.single_sign_on.tables import SingleSignOnAttempt


async def depart(
    settings: Settings,
    connection: Connection,
    *,
    browser: str,
    address: str = "",
    wanted: str = "/",
    tester: UUID | None = None,
) -> str:
    """Return the provider's address where a person signs in, and remember that they went there.

    Args:
        browser: the token that the browser keeps in a cookie.
        address: their mail address, which the provider need not ask again.

    Raises:
        Refused: the provider is down.
    """
    provider = await discover(settings, connection.issuer)
    state, now = new_token(), clock.now()
    await SingleSignOnAttempt.insert(
        SingleSignOnAttempt(
            connection=connection.id,
            state_hash=rules.attempt_hash(state, browser),
            tester=tester,
            next=wanted,
            created_at=now,
            expires_at=now + rules.ATTEMPT_LASTS,
        )
    )
    asked = {
        "response_type": "code",
        "client_id": connection.client_id,
        "redirect_uri": rules.callback_url(settings.base_url, connection.company),
        "scope": rules.scopes(offline_access=connection.offline_access),
        "state": state,
        "nonce": rules.nonce_of(state, browser),
        "code_challenge": rules.challenge_of(rules.verifier_of(state, browser)),
        "code_challenge_method": "S256",
        **asked_for(connection),
        **({"login_hint": address} if address else {}),
    }
    return with_query(provider.authorization, asked)


def with_query(address: str, parameters: Mapping[str, str]) -> str:
    """Return an address with parameters more."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"

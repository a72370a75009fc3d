"""The gate of SCIM: whose token a call carries, and whether it may be made now."""

import contextlib
from typing import Any

import asyncpg
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from app import clock
from app.accounts.guess_rules import Bucket
from app.accounts.throttling import count_one
from app.database import DatabaseReadOnly
from app.provisioning.error_rules import CHALLENGE, MEDIA_TYPE, ScimError
from app.provisioning.queries import find_caller
from app.provisioning.rules import Caller, TokenState
from app.provisioning.token_services import note_use
from app.service_accounts.token_rules import Credential, credential_of
from app.web.calls import media_type, seconds, set_language
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import header
from app.web.scope_keys import LOG_FIELDS, ScopeKey

Connection = ASGIConnection[Any, Any, Any, Any]
CALLER = ScopeKey[Caller | None]("scim_caller", None)
JSON = frozenset({MEDIA_TYPE, "application/json"})
# What was sent in place of a token of provisioning.
GIVEN = {
    Credential.NONE: N_("Send the provisioning token: “Authorization: Bearer lp1_p…”."),
    Credential.TOKEN: N_(
        "This is the token of a service account, for the API. SCIM takes the provisioning token of"
        " a company's single sign-on."
    ),
    Credential.MANGLED: N_("This token is incomplete or was changed. Copy the whole token."),
    Credential.BASIC: N_(
        "This is a user name with a password (Basic). SCIM takes the provisioning token (Bearer)."
    ),
    Credential.SESSION: N_(
        "This looks like the token of a session or of an emailed link. SCIM takes the provisioning"
        " token."
    ),
    Credential.LICENSE_KEY: N_("This looks like a license key. SCIM takes the provisioning token."),
    Credential.FILE: N_(
        "This looks like a signed token or file. SCIM takes the provisioning token."
    ),
}
NO_TOKEN = N_("This is not a provisioning token.")
STATES = {
    TokenState.REPLACED: N_("This token was replaced. Enter the new one at the provider."),
    TokenState.REVOKED: N_("This token was revoked."),
}


async def authenticated(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard of every call: a token that counts, calls left, and JSON where there is a body.

    Raises:
        ScimError: one of them is missing.
    """
    scope = connection.scope
    set_language(scope)
    caller = await _find(header(scope, b"authorization"))
    CALLER.set(scope, caller)
    if (fields := LOG_FIELDS.read(scope)) is not None:
        fields["connection"] = str(caller.connection)
    # A database that takes no changes still answers reads, which are not counted then.
    with contextlib.suppress(DatabaseReadOnly, asyncpg.ReadOnlySQLTransactionError):
        await _count(connection, caller)
    if handler.opt.get("takes_body") and media_type(scope) not in JSON:
        detail = _("Send “Content-Type: %(type)s”.", type=MEDIA_TYPE)
        raise ScimError(415, detail)


async def _find(authorization: str) -> Caller:
    credential, token = credential_of(authorization)
    if credential is not Credential.PROVISIONING:
        raise ScimError(401, _(GIVEN.get(credential, NO_TOKEN)), headers=CHALLENGE)
    caller = await find_caller(token)
    if caller is None:
        raise ScimError(401, _("This token is unknown."), headers=CHALLENGE)
    if detail := STATES.get(caller.state(clock.now())):
        raise ScimError(401, _(detail), headers=CHALLENGE)
    return caller


async def _count(connection: Connection, caller: Caller) -> None:
    tally = await count_one(Bucket("scim", party=str(caller.connection)))
    if tally.wait:
        detail = _("Too many calls. Wait as long as Retry-After says.")
        raise ScimError(429, detail, headers={"Retry-After": str(seconds(tally.wait))})
    await note_use(caller, connection.client.host if connection.client else "")


def provide_caller(scope: Scope) -> Caller:
    """Return whose token the call carries, for handlers behind the guard."""
    caller = CALLER.read(scope)
    assert caller is not None, "the guard comes first"
    return caller

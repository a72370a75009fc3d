"""The gate of the API: whose token a call carries, and whether it may be made now."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.types import Scope

from app import clock
from app.accounts.guess_rules import RATES, Bucket
from app.accounts.rules import Viewer
from app.accounts.throttling import Tally, count_one
from app.api.problem_rules import ApiProblem, Code
from app.contracts.access import provide_contract
from app.contracts.rules import SeenContract, ServiceRole, Status
from app.database import DatabaseReadOnly
from app.environments import access as environments
from app.environments.queries import Place
from app.service_accounts.queries import find_holder
from app.service_accounts.rules import AccountState, Holder
from app.service_accounts.services import note_use
from app.service_accounts.token_rules import Credential, credential_of
from app.staff.rules import Permission, permits
from app.web.calls import media_type, seconds, set_language
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import header
from app.web.scope_keys import LOG_FIELDS, ScopeKey

Connection = ASGIConnection[Any, Any, Any, Any]
RATE = "api"
# Whose call it is, and how many more may come now; both are set by the guard.
HOLDER = ScopeKey[Holder | None]("api_holder", None)
TALLY = ScopeKey[Tally | None]("api_tally", None)
# What was sent in place of a token.
GIVEN = {
    Credential.PROVISIONING: N_(
        "This is the token of a company's identity provider (SCIM). The API takes the token of a"
        " service account."
    ),
    Credential.OTHER_KIND: N_("This is not the token of a service account."),
    Credential.BASIC: N_(
        "This is a user name with a password (Basic). People sign in on the pages; the API takes"
        " the token of a service account (Bearer)."
    ),
    Credential.OTHER_SCHEME: N_("This is not a Bearer token."),
    Credential.SESSION: N_(
        "This looks like the token of a session or of an emailed link. The API takes the token of"
        " a service account."
    ),
    Credential.LICENSE_KEY: N_(
        "This looks like a license key. The API takes the token of a service account."
    ),
    Credential.FILE: N_(
        "This looks like an activation file or a request file. The API takes the token of a"
        " service account."
    ),
}
STATES = {
    AccountState.EXPIRED: Code.TOKEN_EXPIRED,
    AccountState.REVOKED: Code.TOKEN_REVOKED,
}
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}


async def authenticated(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard of every call: a token that counts, calls left, and the role or scope that it takes.

    Raises:
        ApiProblem: one of them is missing.
    """
    scope = connection.scope
    set_language(scope)
    if handler.opt.get("public"):
        return
    holder = await _holder(header(scope, b"authorization"))
    HOLDER.set(scope, holder)
    if (fields := LOG_FIELDS.read(scope)) is not None:
        fields["service_account"] = str(holder.id)
    # A database that takes no changes still answers reads, which are not counted then.
    with contextlib.suppress(DatabaseReadOnly, asyncpg.ReadOnlySQLTransactionError):
        await _count(connection, holder)
    _require_right(holder, handler)
    if (takes := handler.opt.get("takes")) and media_type(scope) != takes:
        raise ApiProblem(
            Code.WRONG_MEDIA_TYPE, detail=_("Send “Content-Type: %(type)s”.", type=takes)
        )


def _require_right(holder: Holder, handler: BaseRouteHandler) -> None:
    """Ask for the scope of a call of the vendor, or for the role of a contract's call.

    Raises:
        ApiProblem: the token is of the other kind, or may do less.
    """
    scope: Permission | None = handler.opt.get("scope")
    if (scope is None) != (holder.scopes is None):
        detail = _("This call takes the token of one of the vendor's service accounts.")
        if scope is None:
            detail = _("This call takes the token of a contract's service account.")
        raise ApiProblem(Code.OTHER_TOKEN_KIND, detail=detail)
    if scope is not None and not permits(holder.viewer, scope):
        detail = _("This service account does not have the scope “%(scope)s”.", scope=scope.value)
        raise ApiProblem(Code.SCOPE_MISSING, detail=detail)
    if handler.opt.get("operates") and holder.role is not ServiceRole.OPERATE:
        raise ApiProblem(Code.ROLE_INSUFFICIENT)


async def _count(connection: Connection, holder: Holder) -> None:
    """Count a call of an account, and note where it came from.

    Raises:
        ApiProblem: the account has no call left.
    """
    tally = await count_one(Bucket(RATE, party=str(holder.id)))
    TALLY.set(connection.scope, tally)
    if tally.wait:
        raise ApiProblem(Code.RATE_LIMITED, headers={"Retry-After": str(seconds(tally.wait))})
    await note_use(holder, connection.client.host if connection.client else "")


async def _holder(authorization: str) -> Holder:
    credential, token = credential_of(authorization)
    if credential is not Credential.TOKEN:
        raise _not_a_token(credential)
    holder = await find_holder(token)
    if holder is None:
        raise ApiProblem(Code.TOKEN_UNKNOWN, headers=CHALLENGE)
    if code := STATES.get(holder.state(clock.now())):
        raise ApiProblem(code, headers=CHALLENGE)
    return holder


def _not_a_token(credential: Credential) -> ApiProblem:
    if credential is Credential.NONE:
        return ApiProblem(Code.TOKEN_MISSING, headers=CHALLENGE)
    if credential is Credential.MANGLED:
        return ApiProblem(Code.TOKEN_MANGLED, headers=CHALLENGE)
    given = GIVEN.get(credential)
    detail = _(given) if given else ""
    return ApiProblem(Code.WRONG_CREDENTIAL, detail=detail, headers=CHALLENGE)


def rate_headers(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return how many calls the token has left, as the IETF's draft of RateLimit headers says."""
    tally, rate = TALLY.read(scope), RATES[RATE]
    if tally is None:
        return {}
    window = seconds(rate.every * rate.burst)
    return {
        "RateLimit-Policy": f'"token";q={rate.burst};w={window}',
        "RateLimit": f'"token";r={tally.left};t={seconds(tally.empty_in)}',
    }


@dataclass(frozen=True)
class Caller:
    """Who calls, and its contract as it is now."""

    holder: Holder
    contract: SeenContract

    @property
    def viewer(self) -> Viewer:
        """Return the account as one who looks."""
        return self.holder.viewer

    def require_running(self) -> None:
        """Refuse a change of a contract that has ended.

        Raises:
            ApiProblem: it has ended.
        """
        if self.contract.status is Status.ENDED:
            raise ApiProblem(Code.CONTRACT_ENDED)


@dataclass(frozen=True)
class VendorCaller:
    """Which of the vendor's service accounts calls."""

    holder: Holder

    @property
    def viewer(self) -> Viewer:
        """Return the account as one who looks: with scopes where staff have a role."""
        return self.holder.viewer


def provide_vendor(scope: Scope) -> VendorCaller:
    """Return which account calls, for the vendor's handlers behind the guard."""
    holder = HOLDER.read(scope)
    assert holder is not None and holder.scopes is not None, "the guard comes first"
    return VendorCaller(holder)


def _calling(scope: Scope) -> Holder:
    holder = HOLDER.read(scope)
    assert holder is not None, "the guard comes first"
    return holder


async def provide_caller(scope: Scope) -> Caller:
    """Return who calls, for handlers behind the guard.

    Raises:
        ApiProblem: the account was revoked a moment ago.
    """
    holder = _calling(scope)
    try:
        return Caller(holder, await provide_contract(holder.viewer, holder.number))
    except NotFoundException:
        raise ApiProblem(Code.TOKEN_REVOKED, headers=CHALLENGE) from None


async def provide_place(scope: Scope, environment_id: FromPath[UUID]) -> Place:
    """Return the environment in the address, if it is one of the account's contract.

    Raises:
        NotFoundException: there is none.
    """
    holder = _calling(scope)
    return await environments.provide_place(holder.viewer, holder.number, environment_id)


def provide_caller_there(scope: Scope, place: NamedDependency[Place]) -> Caller:
    """Return who calls about an environment: its contract was read with it."""
    return Caller(_calling(scope), place.contract)


# What handlers of one environment get.
AT_PLACE = {
    "place": Provide(provide_place),
    "caller": Provide(provide_caller_there, sync_to_thread=False),
}

"""Removing a second factor."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.factors import queries as factor_queries
from app.accounts.factors import services as factor_services
from app.accounts.factors.pages import GUARDS, HOME
from app.accounts.factors.rules import Factors
from app.accounts.factors.services import Removal
from app.accounts.rules import Viewer
from app.accounts.throttling import Throttled
from app.settings import Settings
from app.web.errors import too_many_attempts, wait_message
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page

REFUSALS = {
    Removal.WRONG_PASSWORD: N_("The password is incorrect."),
    Removal.SHORT_PASSWORD: N_(
        "Your password is too short to protect your account alone. First change it to a"
        " password of at least 15 characters."
    ),
}


class FactorRemoval(Controller):
    """What is removed and what that means; the last one takes the password."""

    path = f"{HOME}/{{factor_id:uuid}}/removal"
    guards = GUARDS

    @get()
    async def show(
        self, request: PageRequest, viewer: NamedDependency[Viewer], factor_id: FromPath[UUID]
    ) -> Response[Any]:
        """What is about to be removed."""
        factors = await factor_queries.find_factors(viewer.id)
        return _page(request, factors, factor_id)

    @post()
    async def remove(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        factor_id: FromPath[UUID],
    ) -> Response[Any]:
        """Remove it."""
        factors = await factor_queries.find_factors(viewer.id)
        _name(factors, factor_id)
        password = (await read_form(request)).get("password")
        if factors.is_last(factor_id) and not password:
            error = _("Enter %(label)s.", label=_("Password"))
            return _page(request, factors, factor_id, error)
        outcome = await factor_services.remove_factor(
            settings,
            viewer,
            factor_id,
            password,
        )
        if isinstance(outcome, Throttled):
            again = _page(request, factors, factor_id, wait_message(outcome.wait))
            return too_many_attempts(request, outcome.wait, again)
        if outcome is not Removal.DONE:
            factors = await factor_queries.find_factors(viewer.id)
            return _page(request, factors, factor_id, _(REFUSALS[outcome]))
        return see_other(f"{HOME}?changed=removal")


def _name(factors: Factors, id: UUID) -> str:
    """What the factor is called.

    Raises:
        NotFoundException: the person has no such factor.
    """
    if id == factors.app:
        return _("Authenticator app")
    for passkey in factors.passkeys:
        if passkey.id == id:
            return _("Passkey %(name)s", name=passkey.name)
    raise NotFoundException


def _page(
    request: PageRequest, factors: Factors, id: UUID, error: str | None = None
) -> Response[Any]:
    return page(
        request,
        "accounts/factor_removal.html",
        status=422 if error else 200,
        id=id,
        name=_name(factors, id),
        last=factors.is_last(id),
        errors={"password": error} if error else {},
    )

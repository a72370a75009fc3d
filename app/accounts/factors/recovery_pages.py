"""Recovery codes: made, shown once, and never again."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from app import clock
from app.accounts.factors import queries as factor_queries
from app.accounts.factors import services as factor_services
from app.accounts.factors.pages import GUARDS, HOME, NO_STORE, say_what_changed, wanted_page
from app.accounts.rules import Viewer
from app.settings import Settings
from app.web.requests import PageRequest
from app.web.responses import see_other
from app.web.templates import page


class RecoveryCodes(Controller):
    """A set of ten; a new set replaces the old one."""

    path = f"{HOME}/recovery-codes"
    guards = GUARDS

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """What they are for, and the button that makes them."""
        factors = await factor_queries.find_factors(viewer.id)
        if not factors.any:
            return see_other(HOME)
        say_what_changed(request)
        return page(
            request,
            "accounts/recovery_codes.html",
            left=factors.recovery_left,
            next=wanted_page(request),
        )

    @post()
    async def make(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """The new codes, in the answer itself: kept is only their hash, so nothing else has them.

        A reload makes new codes, and shows those that count.
        """
        if not (await factor_queries.find_factors(viewer.id)).any:
            return see_other(HOME)
        return page(
            request,
            "accounts/new_recovery_codes.html",
            headers=NO_STORE,
            codes=await factor_services.make_recovery_codes(settings, viewer),
            made_at=clock.now(),
            place=settings.base_url,
            next=wanted_page(request),
        )

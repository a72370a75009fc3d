"""Where a company's provider says that a person signed out (OpenID Connect Back-Channel Logout)."""

from typing import Any

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide

from app.accounts import guess_rules, throttling
from app.accounts.throttling import Throttled
from app.settings import Settings
from app.single_sign_on import services
from app.single_sign_on.log_out_services import end_by_token
from app.single_sign_on.rules import IN_USE, Connection, Refused, Why, sign_in_path
from app.single_sign_on.sign_in_pages import (
    PATH,
    provide_connection,
    provide_staff_connection,
)
from app.web.errors import too_many_attempts
from app.web.requests import PageRequest, read_form

NO_STORE = {"Cache-Control": "no-store"}


class BackChannel(Controller):
    """A provider calls it, not a browser: it looks at no session and answers without a page."""

    path = f"{PATH}/back-channel-logout"
    dependencies = {"connection": Provide(provide_connection)}
    opt = {"public": True, "any_site": True}

    @post()
    async def log_out(
        self,
        request: PageRequest,
        connection: NamedDependency[Connection | None],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """End the sessions that the log-out token names."""
        if connection is None or connection.state not in IN_USE:
            return _refused(Why.NO_ATTEMPT)
        client = request.client.host if request.client else ""
        admitted = await throttling.admit(guess_rules.log_out_lanes(connection.id, client))
        if isinstance(admitted, Throttled):
            return too_many_attempts(request, admitted.wait)
        token = (await read_form(request)).get("logout_token")
        try:
            await end_by_token(settings, connection, token)
        except Refused as refused:
            await services.note_refusal(connection, refused.why)
            return _refused(refused.why)
        return Response(None, status_code=200, headers=NO_STORE)


class StaffBackChannel(BackChannel):
    """The same of the vendor's own provider."""

    path = f"{sign_in_path(None)}/back-channel-logout"
    dependencies = {"connection": Provide(provide_staff_connection)}


def _refused(why: Why) -> Response[Any]:
    body = {"error": "invalid_request", "error_description": why.value}
    return Response(body, status_code=400, headers=NO_STORE, media_type="application/json")

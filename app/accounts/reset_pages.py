"""The way back in for those who forgot their password. The pages load no script."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import (
    HTTP_200_OK,
    HTTP_404_NOT_FOUND,
    HTTP_422_UNPROCESSABLE_ENTITY,
)

from app import clock
from app.accounts import access, forms, queries, reset_services
from app.accounts.factors.queries import has_factor
from app.accounts.queries import Reset
from app.settings import Settings
from app.web.errors import sign_in_wait_message, too_many_attempts
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page

SECRET = {"Cache-Control": "no-store"}


class ForgottenPassword(Controller):
    """Asking for a link. The answer never reveals whether there is such an account."""

    path = "/password/forgotten"

    @get(opt={"public": True})
    async def show(self, request: PageRequest) -> Response[Any]:
        """The form."""
        return page(request, "accounts/forgotten.html", account="")

    @post(opt={"public": True})
    async def send(
        self, request: PageRequest, settings: NamedDependency[Settings]
    ) -> Response[Any]:
        """Mail the link, if there is such an account."""
        form = forms.ForgottenForm.read(await read_form(request))
        if form.errors:
            return page(
                request,
                "accounts/forgotten.html",
                status=HTTP_422_UNPROCESSABLE_ENTITY,
                account=form.account,
                errors=form.errors,
            )
        client = request.client.host if request.client else ""
        throttled = await reset_services.request_reset(settings, form.account, address=client)
        if throttled is not None:
            errors = {"account": sign_in_wait_message(throttled.wait)}
            again = page(request, "accounts/forgotten.html", account=form.account, errors=errors)
            return too_many_attempts(request, throttled.wait, again)
        return see_other("/password/forgotten/sent")

    @get("/sent", opt={"public": True})
    async def show_sent(
        self, request: PageRequest, settings: NamedDependency[Settings]
    ) -> Response[Any]:
        """What happens next."""
        return page(request, "accounts/forgotten_sent.html", demo=settings.demo)


class PasswordReset(Controller):
    """Setting the new password. Looking at the page uses nothing up: mail scanners open links."""

    path = "/password/reset/{token:str}"

    @get(opt={"public": True})
    async def show(self, request: PageRequest, token: FromPath[str]) -> Response[Any]:
        """The form, while the link can be used."""
        account = await queries.find_reset(token, clock.now())
        if account is None:
            return _unusable(request)
        return await _form(request, account)

    @post(opt={"public": True})
    async def change(
        self, request: PageRequest, settings: NamedDependency[Settings], token: FromPath[str]
    ) -> Response[Any]:
        """Set the password, once; then to the log-in page."""
        account = await queries.find_reset(token, clock.now())
        if account is None:
            return _unusable(request)
        own_words = await queries.own_words(account.user)
        second_factor = await has_factor(account.user)
        form = forms.PasswordForm.read(
            await read_form(request), own_words, second_factor=second_factor
        )
        if form.errors:
            return await _form(request, account, form.errors)
        if not await reset_services.reset_password(settings, token, form.password):
            return _unusable(request)
        answer = see_other("/login?password-changed=1")
        answer.set_cookie(access.cookie(settings.session_cookie, "", 0, settings))
        return answer


async def _form(
    request: PageRequest, account: Reset, errors: dict[str, str] | None = None
) -> Response[str]:
    return page(
        request,
        "accounts/reset.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK,
        headers=SECRET,
        code=account.code,
        second_factor=await has_factor(account.user),
        errors=errors or {},
    )


def _unusable(request: PageRequest) -> Response[Any]:
    """Used, expired, replaced or mangled: whichever it is, the way out is the same."""
    return page(request, "accounts/reset_unusable.html", status=HTTP_404_NOT_FOUND, headers=SECRET)

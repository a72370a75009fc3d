"""The way in and out: sign in, terms of use, password, language."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from app.accounts import access, company_queries, forms, queries, services, session_services
from app.accounts.access import CONFIRMATIONS, YEAR, Detour
from app.accounts.arrival_pages import sign_in_notes, terms_notes
from app.accounts.exit_services import open_exit
from app.accounts.factors.queries import has_factor
from app.accounts.place_rules import PLACE_LASTS, PURPOSE, PlaceKeeper
from app.accounts.rules import Viewer, local_path, with_next
from app.accounts.session_services import PendingLogin, ProviderRequired, SignIn
from app.accounts.throttling import Throttled
from app.encryption import derive, read_secret
from app.settings import Settings
from app.web import i18n
from app.web.errors import sign_in_wait_message, too_many_attempts
from app.web.http.cookies import cookie_values
from app.web.http.finishing import policy_with_style
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, is_htmx, is_own_address, place_of, read_form
from app.web.responses import see_other
from app.web.scope_keys import DONE
from app.web.statics import first_rules_hash
from app.web.templates import page

PROVIDERS = "/login/single-sign-on"
WRONG = N_("The user code or password is incorrect.")
PROVIDER_REQUIRED = N_(
    "Your company requires single sign-on. Enter your email address and leave the password empty."
)


def _place(request: PageRequest) -> str:
    """Where the person is: the page shown, also when htmx asks for a part of it.

    A confirm page has its own address, which keeps what was entered, however it was reached.
    """
    if request.url.path.startswith(CONFIRMATIONS):
        return request.url.path
    if is_htmx(request.scope):
        return local_path(place_of(request.headers.get("hx-current-url", "")))
    if request.method == "GET":
        query = request.url.query
        return local_path(request.url.path + (f"?{query}" if query else ""))
    return local_path(place_of(request.headers.get("referer", "")).partition("?")[0])


def handle_not_signed_in(request: PageRequest, _error: Exception) -> Response[Any]:
    """To the log-in page, and back here afterwards."""
    target = with_next("/login", _place(request))
    if is_htmx(request.scope):
        return Response("", status_code=401, headers={"HX-Redirect": target})
    return see_other(target)


def handle_detour(request: PageRequest, error: Detour) -> Response[Any]:
    """To what has to be done first, and back here afterwards; a sent form may be kept till then."""
    access.DETOUR.set(request.scope, error.path)
    target = with_next(error.path, _place(request))
    if is_htmx(request.scope):
        return Response("", status_code=200, headers={"HX-Redirect": target})
    return see_other(target)


async def _login_page(
    request: PageRequest, wanted: str, status: int = 200, **context: Any
) -> Response[str]:
    """It contains the rules that draw it: a slow line needs one round trip for it."""
    headers = {"Content-Security-Policy": policy_with_style(first_rules_hash)}
    notes = await sign_in_notes(request, wanted)
    return page(
        request,
        "accounts/login.html",
        status=status,
        headers=headers,
        next=wanted,
        notes=notes,
        **context,
    )


class SigningIn(Controller):
    """The log-in page. It loads no script."""

    path = "/login"

    @get(opt={"public": True})
    async def show(
        self, request: access.PersonRequest, settings: NamedDependency[Settings]
    ) -> Response[Any]:
        """The form; people who are signed in already are sent on."""
        wanted = local_path(request.query_params.get("next", "/"))
        if request.user:
            return see_other(wanted)
        if "password-changed" in request.query_params:
            DONE.set(request.scope, _("Your new password is set. Sign in with it."))
        return await _login_page(request, wanted, demo=settings.demo, code="")

    @post(opt={"public": True})
    async def sign_in(
        self, request: PageRequest, settings: NamedDependency[Settings]
    ) -> Response[Any]:
        """Check user code and password, or hand the form on to the company's provider."""
        form = forms.LoginForm.read(await read_form(request))
        if "@" in form.code and (whose := await company_queries.find_provider(form.code)):
            # 307: the browser sends the form again, so no log or history has the address.
            return Response("", status_code=307, headers={"Location": f"{PROVIDERS}/{whose}"})
        context: dict[str, Any] = {"demo": settings.demo, "code": form.code}
        if form.errors:
            return await _login_page(request, form.next, 422, errors=form.errors, **context)
        refused = WRONG
        try:
            outcome = await _sign_in(request, form, settings)
        except ProviderRequired:
            outcome, refused = None, PROVIDER_REQUIRED
        if isinstance(outcome, Throttled):
            errors = {"password": sign_in_wait_message(outcome.wait)}
            form_page = await _login_page(request, form.next, errors=errors, **context)
            lasts = int(PLACE_LASTS.total_seconds())
            form_page.set_cookie(
                access.cookie(settings.place_cookie, outcome.place, lasts, settings)
            )
            return too_many_attempts(request, outcome.wait, form_page)
        if outcome is None:
            errors = {"code": _(refused)}
            return await _login_page(request, form.next, 422, errors=errors, **context)
        if isinstance(outcome, PendingLogin):
            return access.begin_second_step(outcome, form.next, settings)
        return access.begin_session(outcome, form.next, settings)


async def _sign_in(
    request: PageRequest, form: forms.LoginForm, settings: Settings
) -> SignIn | PendingLogin | Throttled | None:
    return await session_services.sign_in(
        form.code,
        form.password,
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
        device_tokens=cookie_values(request.scope, settings.device_cookie),
        places=_places(request, settings),
    )


def _places(request: PageRequest, settings: Settings) -> PlaceKeeper:
    key = derive(read_secret(settings.secret_file), PURPOSE)
    return PlaceKeeper(key, cookie_values(request.scope, settings.place_cookie))


@post("/logout", guards=[access.signed_in_before_terms])
async def sign_out(
    request: PageRequest, viewer: NamedDependency[Viewer], settings: NamedDependency[Settings]
) -> Response[Any]:
    """End the session and have the browser forget what it kept; on to log in, or to `next`."""
    wanted = (await read_form(request)).get("next")
    exit = open_exit(settings, viewer.id, await session_services.sign_out(viewer))
    answer: Response[Any] = see_other(local_path(wanted) if wanted else "/login")
    if exit and not wanted:
        # The policy lets a form lead to the portal only; this page leads on.
        refresh = {"Refresh": f"0; url={exit}", "Cache-Control": "no-store"}
        request.scope["user"] = None
        answer = page(request, "accounts/provider_exit.html", headers=refresh, address=exit)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    # A browser takes a __Host- cookie back only with the attributes that it was given with.
    answer.set_cookie(access.cookie(settings.session_cookie, "", 0, settings))
    return answer


class TermsOfUsePages(Controller):
    """Reading and accepting the terms of use. The page loads no script."""

    path = "/terms"
    guards = [access.signed_in_before_terms]

    @get()
    async def show(self, request: PageRequest) -> Response[Any]:
        """The newest terms of use, with the form where the person has not accepted them."""
        return await self._page(request, local_path(request.query_params.get("next", "/")))

    @post()
    async def accept(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """Record the acceptance, then go where the person wanted to."""
        form = forms.TermsForm.read(await read_form(request))
        if viewer.terms_accepted:
            return see_other(form.next)
        terms = await queries.current_terms_of_use()
        if terms is not None and form.version != terms.version:
            form.errors["agree"] = _("The terms of use have changed. Read them again.")
        if form.errors:
            return await self._page(request, form.next, form.errors)
        if terms is not None:
            await services.accept_terms_of_use(viewer, terms.id)
        return see_other(form.next)

    async def _page(
        self, request: PageRequest, wanted: str, errors: dict[str, str] | None = None
    ) -> Response[Any]:
        terms = await queries.current_terms_of_use()
        return page(
            request,
            "accounts/terms.html",
            notes=await terms_notes(access.user_of(request), wanted),
            status=422 if errors else 200,
            terms=terms,
            body=terms[f"body_{i18n.language.get()}"] if terms else "",
            next=wanted,
            errors=errors,
        )


class PasswordChange(Controller):
    """The forced password change."""

    path = "/password"
    guards = [access.signed_in_with_terms]

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """The form, while the account asks for a new password."""
        wanted = local_path(request.query_params.get("next", "/"))
        if not viewer.must_change_password:
            return see_other(wanted)
        return self._page(request, wanted, second_factor=await has_factor(viewer.id))

    @post()
    async def change(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """Set the new password, then go where the person wanted to."""
        data = await read_form(request)
        if not viewer.must_change_password:
            return see_other(local_path(data.get("next")))
        second_factor = await has_factor(viewer.id)
        own_words = await queries.own_words(viewer.id)
        form = forms.PasswordForm.read(data, own_words, second_factor=second_factor)
        if form.errors:
            return self._page(request, form.next, form.errors, second_factor=second_factor)
        fresh = await services.set_password(viewer, form.password)
        return access.hand_over(see_other(form.next), fresh, settings)

    def _page(
        self,
        request: PageRequest,
        wanted: str,
        errors: dict[str, str] | None = None,
        *,
        second_factor: bool,
    ) -> Response[str]:
        return page(
            request,
            "accounts/password.html",
            status=422 if errors else 200,
            next=wanted,
            second_factor=second_factor,
            errors=errors or {},
        )


def _sent_from(request: PageRequest, settings: Settings) -> str:
    """The page that a form was sent from, or nothing if the browser keeps that to itself.

    The form's own field names the page that was loaded, which swaps may have replaced since.
    """
    referer = request.headers.get("referer", "")
    if not is_own_address(request.scope, referer, settings.origin):
        return ""
    return local_path(place_of(referer))


@post("/language", opt={"public": True})
async def change_language(
    request: access.PersonRequest, settings: NamedDependency[Settings]
) -> Response[Any]:
    """Show this page, and all others, in the other language."""
    form = forms.LanguageForm.read(await read_form(request))
    answer = see_other(_sent_from(request, settings) or form.back)
    if form.errors:
        return answer
    if request.user is not None:
        await services.set_language(request.user, form.language)
    answer.set_cookie(access.cookie(settings.language_cookie, form.language, YEAR, settings))
    return answer

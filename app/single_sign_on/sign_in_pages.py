"""Signing in through a company's identity provider: the way there, the way back, the first time."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from app.accounts import access, guess_rules, throttling
from app.accounts.generation_services import CredentialsChanged
from app.accounts.rules import local_path, new_token, with_next
from app.accounts.session_services import PendingLogin, SignIn
from app.accounts.throttling import Throttled
from app.settings import Settings
from app.single_sign_on import (
    departure_services,
    joining_services,
    linking_services,
    queries,
    services,
    trial_services,
)
from app.single_sign_on.rules import ATTEMPT_LASTS, IN_USE, Connection, Refused, Why, sign_in_path
from app.web.errors import sign_in_wait_message, too_many_attempts
from app.web.forms import Fields
from app.web.http.cookies import cookie_values
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.mail_addresses import is_mail_address, read_address
from app.web.requests import PageRequest, is_head, query_form, read_form
from app.web.responses import see_other
from app.web.templates import page

PATH = "/login/single-sign-on/{id:uuid}"
NOT_SIGNED_IN = N_(
    "The portal could not check the answer of your company's sign-in page. Try again. If the"
    " problem continues, give your administrator the code below."
)
DOWN = N_(
    "Your company's sign-in page cannot be reached now. Try again later. If it is urgent, the"
    " owners who keep a password for this case can sign in with their user code."
)
MESSAGES = {
    Why.NO_ATTEMPT: N_(
        "This sign-in has expired, was used already, or began in another browser. Start again."
    ),
    Why.PROVIDER_DOWN: DOWN,
    Why.WRONG_CERTIFICATE: N_(
        "The portal does not trust the certificate of your company's sign-in page. Give your"
        " administrator the code below."
    ),
    Why.PROVIDER_REFUSED: N_(
        "Your company's sign-in page did not let you in, or you cancelled. Ask your company's IT"
        " department for access to this portal."
    ),
    Why.UNVERIFIED_ADDRESS: N_(
        "Your company's sign-in page did not confirm your email address. Ask your company's IT"
        " department to send the claims email and email_verified."
    ),
    Why.FOREIGN_ADDRESS: N_(
        "You signed in with an email address that does not belong to this company. Sign in with"
        " your company's address."
    ),
    Why.NO_ACCOUNT: N_(
        "There is no account with your email address. Ask an owner of the contract to invite you."
    ),
    Why.OWNER_INVITED: N_(
        "You are invited to own a contract, and have no account yet. Open the link in the"
        " invitation email to create it. After that you can sign in here."
    ),
    Why.OTHER_PERSON: N_(
        "You signed in there as a different person, or this account is already linked with another"
        " one. Sign in there as yourself."
    ),
}
STAFF_MESSAGES = {
    **MESSAGES,
    Why.PROVIDER_DOWN: N_(
        "Your company's sign-in page cannot be reached now. Try again later. If it is urgent, the"
        " administrators who keep a password for this case can sign in with their user code."
    ),
    Why.NO_ACCOUNT: N_(
        "There is no staff account with your email address. Ask an administrator. If you are a"
        " customer, sign in with your user code."
    ),
}
# The portal itself is well: a server error would raise the alarm of its operators.
STATUSES = {Why.NO_ATTEMPT: 400, Why.PROVIDER_DOWN: 424, Why.WRONG_CERTIFICATE: 424}


async def provide_connection(id: FromPath[UUID]) -> Connection | None:
    """Return the connection in the address; None where a company has none."""
    return await queries.find_connection(id)


def browser_tokens(request: PageRequest, settings: Settings) -> list[str]:
    """Return what the browser is known by on its way to a provider and back."""
    return cookie_values(request.scope, settings.provider_cookie)


async def leave(
    request: PageRequest, settings: Settings, connection: Connection, **wanted: Any
) -> Response[Any]:
    """Answer with the page that leads on to the provider.

    The policy of the portal's pages lets a form lead to the portal only; a page may lead anywhere.

    Args:
        wanted: what `departure_services.depart` takes.
    """
    client = request.client.host if request.client else ""
    admitted = await throttling.admit(guess_rules.provider_lanes(connection.id, client))
    if isinstance(admitted, Throttled):
        return too_many_attempts(request, admitted.wait)
    browser = next(iter(browser_tokens(request, settings)), "") or new_token()
    try:
        address = await departure_services.depart(settings, connection, browser=browser, **wanted)
    except Refused as refused:
        return await refusal(request, connection, refused.why)
    headers = {"Refresh": f"0; url={address}", "Cache-Control": "no-store"}
    answer = page(
        request,
        "single_sign_on/leaving.html",
        headers=headers,
        address=address,
        company=connection.company_name,
    )
    lasts = int(ATTEMPT_LASTS.total_seconds())
    answer.set_cookie(access.cookie(settings.provider_cookie, browser, lasts, settings))
    return answer


async def refusal(request: PageRequest, connection: Connection | None, why: Why) -> Response[Any]:
    """Answer that the sign-in does not count, with what to do and the reason's code."""
    messages = MESSAGES
    if connection is not None:
        messages = MESSAGES if connection.company else STAFF_MESSAGES
        await services.note_refusal(connection, why)
    return page(
        request,
        "single_sign_on/refusal.html",
        status=STATUSES.get(why, 403),
        headers={"Cache-Control": "no-store"},
        message=_(messages.get(why, NOT_SIGNED_IN)),
        code=why.value,
    )


class ProviderSignIn(Controller):
    """Sign-in through the provider of the company in the address. Its pages load no script."""

    path = PATH
    dependencies = {"connection": Provide(provide_connection)}
    opt = {"public": True}

    @get()
    async def show(self) -> Response[Any]:
        """The sign-in page: the way to the provider begins with a form."""
        return see_other("/login")

    @post()
    async def start(
        self,
        request: PageRequest,
        connection: NamedDependency[Connection | None],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """On to the provider, with the form that the sign-in page handed on."""
        data = await read_form(request)
        wanted = local_path(data.get("next"))
        if request.user:
            return see_other(wanted)
        if connection is None or connection.state not in IN_USE:
            return see_other(with_next("/login", wanted))
        address = read_address(data.get("code"))
        hint = address if is_mail_address(address) else ""
        return await leave(request, settings, connection, address=hint, wanted=wanted)

    @get("/callback")
    async def arrive(
        self,
        request: access.PersonRequest,
        connection: NamedDependency[Connection | None],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """Back from the provider: into a session, to the question for the password, or refused."""
        if connection is None or is_head(request):
            return await refusal(request, None, Why.NO_ATTEMPT)
        answer = dict(query_form(request).fields.multi_items())
        browsers = browser_tokens(request, settings)
        try:
            arrival = await services.arrive(settings, connection, answer, browsers)
            if arrival.tester is not None:
                viewer = access.user_of(request)
                await trial_services.pass_test(connection, arrival, viewer)
                return see_other(f"{arrival.next}?tested=1")
            outcome = await joining_services.enter(
                settings, connection, arrival, **_browser(request, settings)
            )
            if outcome is not None:
                return _signed_in(outcome, arrival.next, settings)
            kept = await linking_services.offer_linking(settings, connection, arrival)
        except (Refused, access.NotSignedIn, CredentialsChanged) as error:
            why = error.why if isinstance(error, Refused) else Why.OTHER_PERSON
            return await refusal(request, connection, why)
        return _question(request, connection, arrival.person.address, kept)

    @post("/link")
    async def link(
        self,
        request: PageRequest,
        connection: NamedDependency[Connection | None],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """Check the password, once; from now on the provider is enough."""
        data = await read_form(request)
        fields, kept = Fields(data), data.get("kept")
        password = fields.secret("password", _("Password"))
        try:
            if connection is None:
                raise Refused(Why.NO_ATTEMPT)
            browsers = browser_tokens(request, settings)
            linking = linking_services.open_linking(settings, connection, kept, browsers)
            if fields.errors:
                return _question(request, connection, linking.address, kept, fields.errors)
            outcome = await linking_services.link_by_password(
                settings, connection, linking, password, **_browser(request, settings)
            )
        except (Refused, CredentialsChanged) as error:
            why = error.why if isinstance(error, Refused) else Why.NO_ATTEMPT
            return await refusal(request, connection, why)
        if isinstance(outcome, SignIn | PendingLogin):
            return _signed_in(outcome, linking.next, settings)
        message = _("The password is incorrect.")
        if outcome is not None:
            message = sign_in_wait_message(outcome.wait)
        again = _question(request, connection, linking.address, kept, {"password": message})
        return again if outcome is None else too_many_attempts(request, outcome.wait, again)


async def provide_staff_connection() -> Connection | None:
    """Return the vendor's connection; None where there is none."""
    return await queries.find_connection(None)


class StaffSignIn(ProviderSignIn):
    """Sign-in of the vendor's staff through its own provider."""

    path = sign_in_path(None)
    dependencies = {"connection": Provide(provide_staff_connection)}


def _browser(request: PageRequest, settings: Settings) -> dict[str, Any]:
    return {
        "user_agent": request.headers.get("user-agent", ""),
        "device_tokens": cookie_values(request.scope, settings.device_cookie),
    }


def _signed_in(outcome: SignIn | PendingLogin, wanted: str, settings: Settings) -> Response[Any]:
    if isinstance(outcome, SignIn):
        answer = access.begin_session(outcome, wanted, settings)
    else:
        answer = access.begin_second_step(outcome, wanted, settings)
    answer.set_cookie(access.cookie(settings.provider_cookie, "", 0, settings))
    return answer


def _question(
    request: PageRequest,
    connection: Connection,
    address: str,
    kept: str,
    errors: dict[str, str] | None = None,
) -> Response[Any]:
    return page(
        request,
        "single_sign_on/link.html",
        status=422 if errors else 200,
        headers={"Cache-Control": "no-store"},
        action=f"{sign_in_path(connection.company)}/link",
        company=connection.company_name,
        address=address,
        kept=kept,
        errors=errors or {},
    )

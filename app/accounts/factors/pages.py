"""個人設定: second factors, each with its set-up and its removal, and recovery codes."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pyotp
import segno
from litestar import Controller, MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app import clock
from app.accounts.access import recently_proved, signed_in_before_factors
from app.accounts.factors import passkey_services
from app.accounts.factors import queries as factor_queries
from app.accounts.factors import services as factor_services
from app.accounts.factors.forms import AppForm, PasskeyForm
from app.accounts.factors.proof_services import app_is_lost, open_app_secret
from app.accounts.factors.rules import grouped, relying_party
from app.accounts.rules import Viewer, local_path, with_next
from app.encryption import read_secret
from app.settings import Settings
from app.web.brand import Shown
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.scope_keys import DONE
from app.web.templates import page

HOME = "/profile/second-factors"
NO_STORE = {"Cache-Control": "no-store"}
MESSAGES = {
    "app": N_("The authenticator app is set up. You were signed out on all other devices."),
    "passkey": N_("The passkey was added. You were signed out on all other devices."),
    "removal": N_("The second factor was removed. You were signed out on all other devices."),
}
GUARDS = [signed_in_before_factors, recently_proved]


def say_what_changed(request: PageRequest) -> None:
    """What was just done, in the place where pages report confirmed changes."""
    if message := MESSAGES.get(request.query_params.get("changed", "")):
        DONE.set(request.scope, _(message))


def wanted_page(request: PageRequest) -> str:
    """Where the person wanted to before they were asked for a second factor; else home."""
    return local_path(request.query_params.get("next", "/"))


async def _after(viewer: Viewer, changed: str, wanted: str) -> Response[Any]:
    """Who has no recovery codes yet is offered them at once."""
    factors = await factor_queries.find_factors(viewer.id)
    place = HOME if factors.recovery_left or not factors.any else f"{HOME}/recovery-codes"
    return see_other(with_next(f"{place}?changed={changed}", wanted))


@get(HOME, guards=[signed_in_before_factors])
async def show_second_factors(
    request: PageRequest, viewer: NamedDependency[Viewer], settings: NamedDependency[Settings]
) -> Response[Any]:
    """What the person has, and what can be added."""
    say_what_changed(request)
    factors = await factor_queries.find_factors(viewer.id)
    return page(
        request,
        "accounts/second_factors.html",
        factors=factors,
        next=wanted_page(request),
        app_lost=app_is_lost(settings, viewer.id, factors),
        required=bool(viewer.staff_role) and not settings.demo,
    )


class AuthenticatorApps(Controller):
    """Setting up an authenticator app: the QR code, then the first code."""

    path = f"{HOME}/authenticator-apps"
    guards = GUARDS

    @post()
    async def begin(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """Make the secret."""
        wanted = local_path((await read_form(request)).get("next"))
        id = await factor_services.begin_app(settings, viewer)
        return see_other(with_next(f"{HOME}/authenticator-apps/{id}", wanted))

    @get("/{app_id:uuid}")
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        app_id: FromPath[UUID],
    ) -> Response[Any]:
        """The secret, as a picture and as text."""
        return await self._page(request, viewer, settings, app_id)

    @post("/{app_id:uuid}")
    async def confirm(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        app_id: FromPath[UUID],
    ) -> Response[Any]:
        """The first code shows that the app has the secret."""
        form = AppForm.read(await read_form(request))
        if form.errors:
            return await self._page(request, viewer, settings, app_id, form.errors)
        if await factor_services.confirm_app(settings, viewer, app_id, form.code):
            return await _after(viewer, "app", wanted_page(request))
        if (await factor_queries.find_factors(viewer.id)).app == app_id:
            return see_other(HOME)
        errors = {
            "code": _("This code is not correct for the app. Wait for the next code and enter it.")
        }
        return await self._page(request, viewer, settings, app_id, errors)

    @get("/{app_id:uuid}/qr-code")
    async def show_qr_code(
        self,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        app_id: FromPath[UUID],
    ) -> Response[bytes]:
        """The secret as a picture, at its own address, since inline pictures are not allowed."""
        uri, _secret = await _provisioning(viewer, settings, app_id)
        picture = BytesIO()
        segno.make(uri, error="m", micro=False).save(
            picture, kind="svg", scale=4, light="#fff", xmldecl=False, svgclass=None, lineclass=None
        )
        return Response(picture.getvalue(), media_type="image/svg+xml", headers=NO_STORE)

    async def _page(
        self,
        request: PageRequest,
        viewer: Viewer,
        settings: Settings,
        id: UUID,
        errors: dict[str, str] | None = None,
    ) -> Response[Any]:
        uri, secret = await _provisioning(viewer, settings, id)
        return page(
            request,
            "accounts/authenticator_app.html",
            status=422 if errors else 200,
            headers=NO_STORE,
            id=id,
            uri=uri,
            secret=grouped(secret).replace("-", " "),
            next=wanted_page(request),
            errors=errors or {},
        )


async def _provisioning(viewer: Viewer, settings: Settings, id: UUID) -> tuple[str, str]:
    """The address that sets up an app, and the secret in it.

    Raises:
        NotFoundException: the person is setting up no such app.
    """
    app = await factor_queries.find_app_in_set_up(viewer.id, id, clock.now())
    if app is None:
        raise NotFoundException
    secret = open_app_secret(read_secret(settings.secret_file), viewer.id, app.encrypted_secret)
    if secret is None:
        raise NotFoundException
    issuer = f"{Shown('en').name} ({_host(settings)})"
    return pyotp.TOTP(secret).provisioning_uri(name=viewer.code, issuer_name=issuer), secret


def _host(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or ""


class Passkeys(Controller):
    """Adding a passkey."""

    path = f"{HOME}/passkeys"
    guards = GUARDS

    @get("/new")
    async def show(
        self, request: PageRequest, settings: NamedDependency[Settings]
    ) -> Response[Any]:
        """The form; its button has the browser make the passkey."""
        return self._page(request, settings, "", wanted_page(request))

    @post("/new")
    async def add(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """Keep what the browser made."""
        data = await read_form(request)
        form, wanted = PasskeyForm.read(data), local_path(data.get("next"))
        errors, party = form.errors, relying_party(settings.base_url)
        if party is None:
            raise NotFoundException
        if not errors:
            if await factor_services.add_passkey(
                settings, viewer, form.name, form.credential, party
            ):
                return await _after(viewer, "passkey", wanted)
            errors["passkey"] = _("The passkey was not accepted. Try again.")
        return self._page(request, settings, form.name, wanted, errors)

    @post("/challenges")
    async def make_challenge(
        self, viewer: NamedDependency[Viewer], settings: NamedDependency[Settings]
    ) -> Response[bytes]:
        """What the browser needs to make a passkey."""
        party = relying_party(settings.base_url)
        if party is None:
            raise NotFoundException
        options = await passkey_services.registration_options(
            viewer, party, Shown(viewer.language).name
        )
        return Response(options.encode(), media_type=MediaType.JSON, status_code=200)

    def _page(
        self,
        request: PageRequest,
        settings: Settings,
        name: str,
        wanted: str,
        errors: dict[str, str] | None = None,
    ) -> Response[Any]:
        party = relying_party(settings.base_url)
        # On the loopback address: there the portal has a second name, at which passkeys work.
        elsewhere = party and party.id not in {request.url.hostname, _host(settings)}
        return page(
            request,
            "accounts/passkey.html",
            status=422 if errors else 200,
            possible=party is not None,
            elsewhere=party.origin if party and elsewhere and not errors else "",
            name=name,
            next=wanted,
            errors=errors or {},
        )

"""The second step of a log-in, and the question before credentials change: is it you?"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from app import clock
from app.accounts import access
from app.accounts.factors import passkey_services, proof_services
from app.accounts.factors import queries as factor_queries
from app.accounts.factors.forms import AnswerForm
from app.accounts.factors.proof_services import ProofContext
from app.accounts.factors.rules import Factors, Way, chosen_way, relying_party, ways
from app.accounts.rules import Viewer, local_path
from app.accounts.throttling import Throttled
from app.database import Record
from app.encryption import read_secret
from app.settings import Settings
from app.web.errors import sign_in_wait_message, too_many_attempts
from app.web.http.cookies import cookie_values
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page

LABELS = {
    Way.PASSKEY: N_("Use a passkey"),
    Way.APP: N_("Use the authenticator app"),
    Way.RECOVERY: N_("Use a recovery code"),
    Way.PASSWORD: N_("Use the password"),
}
REFUSALS = {
    Way.PASSKEY: ("passkey", N_("The passkey was not accepted. Try again, or use another method.")),
    Way.APP: (
        "code",
        N_("This code is not valid. Each code works once. Wait for the next code and enter it."),
    ),
    Way.RECOVERY: ("code", N_("This recovery code is incorrect or has already been used.")),
    Way.PASSWORD: ("password", N_("The password is incorrect.")),
}


APP_LOST = N_(
    "The portal can no longer check your authenticator app because its secret key was"
    " replaced. Use another method, then set up the app again. If you have no other method,"
    " talk to your sales contact."
)


def _context(settings: Settings) -> ProofContext:
    return ProofContext(read_secret(settings.secret_file), relying_party(settings.base_url))


def _address(request: PageRequest) -> str:
    return request.client.host if request.client else ""


def _refusal(way: Way, user: UUID, factors: Factors, settings: Settings) -> dict[str, str]:
    field, message = REFUSALS[way]
    if way is Way.APP and proof_services.app_is_lost(settings, user, factors):
        message = APP_LOST
    return {field: _(message)}


def _question(
    request: PageRequest,
    template: str,
    offered: list[Way],
    way: Way,
    wanted: str,
    errors: dict[str, str] | None = None,
) -> Response[str]:
    path = request.url.path
    others = [
        (_(LABELS[other]), f"{path}?{urlencode({'way': other.value, 'next': wanted})}")
        for other in offered
        if other is not way
    ]
    return page(
        request,
        template,
        status=422 if errors else 200,
        way=way.value,
        others=others,
        action=path,
        next=wanted,
        errors=errors or {},
    )


async def _options(
    user: UUID, generation: int, factors: Factors, settings: Settings
) -> Response[bytes]:
    party = relying_party(settings.base_url)
    if party is None or not factors.passkeys:
        raise NotFoundException
    options = await passkey_services.proof_options(user, generation, factors, party)
    return Response(options.encode(), media_type=MediaType.JSON, status_code=200)


class SecondStep(Controller):
    """After the password: the second factor. No session exists before it."""

    path = "/login/second-factor"

    @get(opt={"public": True})
    async def show(
        self, request: PageRequest, settings: NamedDependency[Settings]
    ) -> Response[Any]:
        """The question, by the best way or by the one that was asked for."""
        wanted = local_path(request.query_params.get("next", "/"))
        pending = await _pending(request, settings)
        if pending is None:
            return _begin_again(request, wanted)
        offered = ways(await factor_queries.find_factors(pending["id"]))
        way = chosen_way(offered, request.query_params.get("way", ""))
        return _question(request, "accounts/second_step.html", offered, way, wanted)

    @post(opt={"public": True})
    async def answer(
        self, request: PageRequest, settings: NamedDependency[Settings]
    ) -> Response[Any]:
        """Check the answer; the session begins here, under a new token."""
        pending = await _pending(request, settings)
        data = await read_form(request)
        if pending is None:
            return _begin_again(request, local_path(data.get("next")))
        factors = await factor_queries.find_factors(pending["id"])
        offered = ways(factors)
        form = AnswerForm.read(data, offered)
        way, errors = form.answer.way, form.errors
        if not errors:
            outcome = await proof_services.finish_sign_in(
                settings, pending, form.answer, _context(settings), address=_address(request)
            )
            if isinstance(outcome, Throttled):
                errors = {REFUSALS[way][0]: sign_in_wait_message(outcome.wait)}
                template = "accounts/second_step.html"
                again = _question(request, template, offered, way, form.next, errors)
                return too_many_attempts(request, outcome.wait, again)
            if outcome is not None:
                answer = access.begin_session(outcome, form.next, settings)
                answer.set_cookie(access.cookie(settings.pending_cookie, "", 0, settings))
                return answer
            errors = _refusal(way, pending["id"], factors, settings)
        return _question(request, "accounts/second_step.html", offered, way, form.next, errors)

    @post("/challenges", opt={"public": True})
    async def make_challenge(
        self, request: PageRequest, settings: NamedDependency[Settings]
    ) -> Response[bytes]:
        """What the passkey has to sign."""
        pending = await _pending(request, settings)
        if pending is None:
            raise NotFoundException
        factors = await factor_queries.find_factors(pending["id"])
        generation = pending["credential_generation"]
        return await _options(pending["id"], generation, factors, settings)


async def _pending(request: access.PersonRequest, settings: Settings) -> Record | None:
    if request.user:
        return None
    for token in cookie_values(request.scope, settings.pending_cookie):
        if pending := await factor_queries.find_pending(token, clock.now()):
            return pending
    return None


def _begin_again(request: access.PersonRequest, wanted: str) -> Response[Any]:
    """Send signed-in people on; the others begin with the password."""
    if request.user:
        return see_other(wanted)
    return see_other("/login" if wanted == "/" else f"/login?{urlencode({'next': wanted})}")


class Proof(Controller):
    """Proving once more who one is, before credentials change; then back."""

    path = "/profile/proof"
    guards = [access.signed_in_before_factors]

    @get()
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """The question, by the best way or by the one that was asked for."""
        wanted = local_path(request.query_params.get("next", "/"))
        offered = ways(await factor_queries.find_factors(viewer.id))
        way = chosen_way(offered, request.query_params.get("way", ""))
        return _question(request, "accounts/proof.html", offered, way, wanted)

    @post()
    async def answer(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """Check the answer; the session continues under a new token."""
        factors = await factor_queries.find_factors(viewer.id)
        offered = ways(factors)
        form = AnswerForm.read(await read_form(request), offered)
        way, errors = form.answer.way, form.errors
        if not errors:
            outcome = await proof_services.prove_again(viewer, form.answer, _context(settings))
            if isinstance(outcome, Throttled):
                errors = {REFUSALS[way][0]: sign_in_wait_message(outcome.wait)}
                template = "accounts/proof.html"
                again = _question(request, template, offered, way, form.next, errors)
                return too_many_attempts(request, outcome.wait, again)
            if outcome is not None:
                return access.hand_over(see_other(form.next), outcome, settings)
            errors = _refusal(way, viewer.id, factors, settings)
        return _question(request, "accounts/proof.html", offered, way, form.next, errors)

    @post("/challenges")
    async def make_challenge(
        self, viewer: NamedDependency[Viewer], settings: NamedDependency[Settings]
    ) -> Response[bytes]:
        """What the passkey has to sign."""
        factors = await factor_queries.find_factors(viewer.id)
        return await _options(viewer.id, viewer.generation, factors, settings)

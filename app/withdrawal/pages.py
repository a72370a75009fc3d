"""退会: what it means, why, and the farewell."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.accounts import profile_services
from app.accounts.access import (
    PROOF,
    YEAR,
    PersonRequest,
    cookie,
    signed_in,
)
from app.accounts.rules import Viewer, with_next
from app.accounts.throttling import Throttled
from app.database import Gone
from app.settings import Settings
from app.web import i18n
from app.web.errors import too_many_attempts, wait_message
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page
from app.withdrawal import queries, services
from app.withdrawal.access import FAREWELL_URL, must_prove, not_withdrawn, proved_by_factor
from app.withdrawal.erasure_services import ErasureRefused
from app.withdrawal.forms import AgreementForm, WithdrawalForm
from app.withdrawal.reason_services import REASON_URL, find_reason, keep_reason
from app.withdrawal.rules import Leaving, Reason

WITHDRAWAL_URL = "/profile/withdrawal"
AGREED = "agreed"
LABELS = {
    Reason.NOT_NEEDED: N_("I no longer need the portal"),
    Reason.OTHER_DUTIES: N_("My duties have changed"),
    Reason.OTHER_ACCOUNT: N_("I have another account"),
    Reason.HARD_TO_USE: N_("The portal is hard to use"),
    Reason.PRIVACY: N_("I want my personal data to be deleted"),
    Reason.OTHER: N_("Another reason"),
    Reason.NO_ANSWER: N_("I would rather not say"),
}


class Withdrawals(Controller):
    """The steps of a person's withdrawal. They are its confirm step."""

    path = WITHDRAWAL_URL

    @get(guards=[signed_in])
    async def show(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[str]:
        """What is deleted, which contracts it concerns and what stays; or why it cannot be."""
        return _effects_page(request, await queries.find_leaving(viewer.id), {})

    @post(guards=[signed_in])
    async def agree(self, request: PageRequest, viewer: NamedDependency[Viewer]) -> Response[Any]:
        """退会手続きへ."""
        leaving = await queries.find_leaving(viewer.id)
        if not leaving.may_leave:
            return see_other(WITHDRAWAL_URL)
        form = AgreementForm.read(await read_form(request))
        if form.errors:
            return _effects_page(request, leaving, form.errors)
        return see_other(f"{REASON_URL}?{AGREED}=1")

    @get("/reason", guards=[signed_in, proved_by_factor])
    async def show_form(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """The form with reason and password, for who has read the first page."""
        if AGREED not in request.query_params:
            return see_other(WITHDRAWAL_URL)
        if not (await queries.find_leaving(viewer.id)).may_leave:
            return see_other(WITHDRAWAL_URL)
        kept = request.query_params.get("kept", "")
        return _form_page(request, viewer, *await find_reason(settings, viewer, kept), {})

    @post("/{session_id:uuid}", guards=[not_withdrawn, signed_in])
    async def withdraw(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        session_id: FromPath[UUID],
    ) -> Response[Any]:
        """退会する. The address names the session, by which a repeat finds that it was done."""
        form = WithdrawalForm.read(await read_form(request))
        if await must_prove(viewer):
            return await _prove_first(settings, viewer, form)
        if not form.errors:
            right = await profile_services.check_password(viewer, form.password)
            if isinstance(right, Throttled):
                form.errors["password"] = wait_message(right.wait)
                again = _form_page(request, viewer, form.chosen, form.note, form.errors)
                return too_many_attempts(request, right.wait, again)
            if right:
                return await _withdraw(settings, viewer, form)
            if not await queries.is_here(viewer):
                return _farewell(settings)
            form.errors["password"] = _("The password is incorrect.")
        return _form_page(request, viewer, form.chosen, form.note, form.errors)


async def _prove_first(settings: Settings, viewer: Viewer, form: WithdrawalForm) -> Response[Any]:
    """To the second factor, and back to the form as it was; the password is typed again."""
    kept = await keep_reason(settings, viewer, form.chosen, form.note)
    return see_other(with_next(PROOF, f"{REASON_URL}?{AGREED}=1&kept={kept}"))


async def _withdraw(settings: Settings, viewer: Viewer, form: WithdrawalForm) -> Response[Any]:
    try:
        await services.withdraw(settings, viewer, form.reason, form.note)
    except ErasureRefused:
        return see_other(WITHDRAWAL_URL)
    except Gone:
        pass
    return _farewell(settings)


def _farewell(settings: Settings) -> Response[Any]:
    """On to the farewell, with a browser that forgets everything but the language."""
    answer = see_other(FAREWELL_URL)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    for name in (settings.session_cookie, settings.device_cookie):
        answer.set_cookie(cookie(name, "", 0, settings))
    answer.set_cookie(cookie(settings.language_cookie, i18n.language.get(), YEAR, settings))
    return answer


@get(FAREWELL_URL, opt={"public": True})
async def show_farewell(
    request: PersonRequest, settings: NamedDependency[Settings]
) -> Response[Any]:
    """What has happened, for a person whom the portal no longer knows."""
    if request.user:
        return see_other("/")
    return page(request, "withdrawal/farewell.html", demo=settings.demo)


def _effects_page(request: PageRequest, leaving: Leaving, errors: dict[str, str]) -> Response[str]:
    return page(
        request,
        "withdrawal/effects.html",
        status=422 if errors else 200,
        leaving=leaving,
        errors=errors,
    )


def _form_page(
    request: PageRequest, viewer: Viewer, chosen: str, note: str, errors: dict[str, str]
) -> Response[str]:
    return page(
        request,
        "withdrawal/reason.html",
        status=422 if errors else 200,
        action=f"{WITHDRAWAL_URL}/{viewer.session}",
        reasons=[(reason.value, _(label)) for reason, label in LABELS.items()],
        chosen=chosen,
        note=note,
        errors=errors,
    )

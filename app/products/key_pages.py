"""その他製品を追加: the form that takes a license key."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.accounts.throttling import Throttled
from app.confirmations.services import find_draft, propose
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.products.key_acts import REDEMPTION, form_url
from app.products.key_queries import find_key
from app.products.key_rules import LONGEST_KEY, KeyOutcome, KnownKey, judge_key, plain_key
from app.products.key_services import try_key
from app.web.errors import too_many_attempts, wait_message
from app.web.forms import Fields
from app.web.i18n import day
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page

FIELD = "key"


def _message(outcome: KeyOutcome, key: KnownKey | None, contract: SeenContract) -> str:
    """What stands in the way of a key, and what to do; who used it is nobody's business."""
    simple = {
        KeyOutcome.MISTYPED: _(
            "This is not a license key as it was issued: a character is mistyped, missing or too"
            " many. Compare it with what you received."
        ),
        KeyOutcome.UNKNOWN: _(
            "No license key like this was issued. Compare it with what you received, or ask your"
            " sales contact."
        ),
        KeyOutcome.REVOKED: _("This license key was revoked. Ask your sales contact."),
        KeyOutcome.USED_HERE: _(
            "This contract has used this license key already: its product is in the list."
        ),
        KeyOutcome.USED: _(
            "This license key has been used already. Ask your sales contact if you did not."
        ),
        KeyOutcome.NOT_FOR_CONTRACT: _(
            "This license key was issued for another contract. Add it there, or ask your sales"
            " contact."
        ),
    }
    if key is None or outcome in simple:
        return simple[outcome]
    dates = {
        "starts_on": day(key.starts_on),
        "ends_on": day(key.ends_on),
        "contract": f"{day(contract.starts_on)}–{day(contract.ends_on)}",
    }
    if outcome is KeyOutcome.ENDED:
        return _("This license key ended on %(ends_on)s. Ask your sales contact.", **dates)
    if outcome is KeyOutcome.NOT_STARTED:
        return _("This license key can be used from %(starts_on)s on. Try again then.", **dates)
    return _(
        "This license key is for %(starts_on)s–%(ends_on)s, and this contract for %(contract)s:"
        " it could never be used here. Ask your sales contact.",
        **dates,
    )


class LicenseKeyRedemption(Controller):
    """One license key for one contract."""

    path = "/contracts/{number:str}/other-products/new"
    guards = [signed_in]
    dependencies = {"contract": Provide(provide_changeable_contract)}

    @get()
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[str]:
        """The form, with what was entered before where the person comes back."""
        draft = await find_draft(viewer, request.query_params.get("draft", ""), REDEMPTION)
        if draft is None or draft.payload["contract"] != contract.number:
            return _page(request, contract, "", {})
        typed, errors = draft.payload["key"], {}
        if draft.refusal is not None:
            key = await find_key(plain_key(typed))
            outcome = judge_key(key, plain_key(typed), contract)
            if outcome is not KeyOutcome.REDEEMABLE:
                errors = {FIELD: _message(outcome, key, contract)}
        return _page(request, contract, typed, errors)

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        contract: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """追加: on to the confirm step."""
        fields = Fields(await read_form(request))
        typed = fields.code(FIELD, _("License key"), maximum=LONGEST_KEY)
        if not fields.errors:
            client = request.client.host if request.client else ""
            tried = await try_key(viewer.id, plain_key(typed), contract, address=client)
            if isinstance(tried, Throttled):
                errors = {FIELD: wait_message(tried.wait)}
                again = _page(request, contract, fields.data.get(FIELD), errors)
                return too_many_attempts(request, tried.wait, again)
            outcome, key = tried
            if outcome is KeyOutcome.REDEEMABLE:
                payload = {"contract": contract.number, "key": typed}
                return see_other(await propose(viewer, REDEMPTION, payload))
            fields.errors[FIELD] = _message(outcome, key, contract)
        return _page(request, contract, fields.data.get(FIELD), fields.errors)


def _page(
    request: PageRequest, contract: SeenContract, typed: str, errors: dict[str, str]
) -> Response[str]:
    failed = errors and request.method == "POST"
    return page(
        request,
        "products/license_key.html",
        status=422 if failed else 200,
        contract=contract,
        action=form_url(contract),
        typed=typed,
        errors=errors,
    )

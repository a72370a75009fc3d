"""その他製品を追加: the form that takes a license key."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency, Provide

from app.accounts.access import signed_in
from app.accounts.rules import Viewer
from app.accounts.throttling import Throttled
from app.confirmations.form_pages import FormPages
from app.confirmations.services import propose
from app.contracts.access import provide_changeable_contract
from app.contracts.rules import SeenContract
from app.products.license_key_acts import REDEMPTION, Redemption, form_url, outcome_details
from app.products.license_key_rules import LicenseKeyOutcome, plain_license_key
from app.products.license_key_services import try_license_key
from app.products.values import LicenseKeyValues
from app.web.errors import too_many_attempts, wait_message
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.templates import page
from app.web.values import Form, read_values


class LicenseKeyRedemption(FormPages[SeenContract, LicenseKeyValues, Redemption]):
    """One license key for one contract."""

    path = "/contracts/{number:str}/other-products/new"
    guards = [signed_in]
    dependencies = {"subject": Provide(provide_changeable_contract)}
    act = REDEMPTION
    values = LicenseKeyValues

    def now(self, subject: SeenContract) -> None:
        """Show an empty form."""

    @post()
    async def propose(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SeenContract],
    ) -> Response[Any]:
        """追加: on to the confirm step; people who guess have to wait."""
        form = read_values(LicenseKeyValues, await read_form(request), {})
        if form.errors:
            return await self.page(request, subject, form)
        client = request.client.host if request.client else ""
        tried = await try_license_key(
            viewer.id, plain_license_key(form.values.key), subject, address=client
        )
        if isinstance(tried, Throttled):
            form.errors["key"] = wait_message(tried.wait)
            again = await self.page(request, subject, form)
            return too_many_attempts(request, tried.wait, again)
        outcome, key = tried
        if outcome is LicenseKeyOutcome.REDEEMABLE:
            return see_other(await propose(viewer, REDEMPTION, self.entry(subject, form.values, 0)))
        refusal = REDEMPTION.refusal(outcome.value)
        form.errors[refusal.field] = refusal.text(**outcome_details(key, subject))
        return await self.page(request, subject, form)

    def entry(self, subject: SeenContract, values: LicenseKeyValues, revision: int) -> Redemption:
        """Propose to redeem the license key."""
        return Redemption(subject.number, values=values)

    async def page(self, request: PageRequest, subject: SeenContract, form: Form) -> Response[str]:
        """Show the form."""
        return page(
            request,
            "products/license_key.html",
            status=422 if form.errors and request.method == "POST" else 200,
            contract=subject,
            action=form_url(subject),
            form=form,
        )

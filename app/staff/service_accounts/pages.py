"""サービスアカウント of the vendor: all staff see them, administrators create and revoke them."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.service_accounts.acts import check_last_day
from app.service_accounts.queries import SeenAccount, list_vendor_accounts, name_taken
from app.service_accounts.rules import usual_last_day
from app.service_accounts.services import take_token
from app.settings import Settings
from app.staff.access import permitted
from app.staff.rules import Permission
from app.staff.service_accounts import acts
from app.staff.service_accounts.rules import scope_name
from app.staff.service_accounts.values import VendorAccountValues, VendorRotationValues
from app.staff.shell_pages import StaffForms, draft_errors, staff_page
from app.web.requests import PageRequest, is_head
from app.web.responses import see_other
from app.web.values import Choices, SentForm, prefilled

SEE = [permitted(Permission.CONSOLE_SEE)]
CREATE = [permitted(Permission.SERVICE_ACCOUNTS_CREATE)]
ONE = f"{acts.ACCOUNTS_URL}/{{account_id:uuid}}"


@get(acts.ACCOUNTS_URL, guards=SEE)
async def list_vendors_accounts(request: PageRequest) -> Response[str]:
    """The accounts that were not revoked, with scopes, expiry and last use."""
    return staff_page(
        request,
        "staff/service_accounts.html",
        accounts=await list_vendor_accounts(),
        place=acts.VENDOR,
    )


def provide_scopes(request: PageRequest) -> frozenset[str]:
    """Return the scopes that the calls of the API take."""
    scopes: frozenset[str] = request.app.state.api_scopes()
    return scopes


class VendorAccountCreation(StaffForms[frozenset[str], VendorAccountValues, acts.VendorCreation]):
    """作成: a new account, with some of the scopes that calls take."""

    path = f"{acts.ACCOUNTS_URL}/new"
    guards = CREATE
    dependencies = {"subject": Provide(provide_scopes, sync_to_thread=False)}
    act = acts.CREATION
    values = VendorAccountValues
    template = "staff/service_account_form.html"

    def now(self, subject: frozenset[str]) -> VendorAccountValues:
        """Offer the usual last day."""
        last_day = usual_last_day(acts.VENDOR.today)
        return prefilled(VendorAccountValues, last_day=last_day)

    async def choices(self, subject: frozenset[str]) -> Choices:
        """Offer the scopes."""
        return acts.scope_choices(subject)

    async def check(self, subject: frozenset[str], form: SentForm[VendorAccountValues]) -> None:
        """Report at once a name that is taken, and a last day that does not fit."""
        check_last_day(acts.VENDOR, form)
        if "name" not in form.errors and await name_taken(None, form.values.name):
            self.refuse(form, "name-taken")

    def entry(
        self, subject: frozenset[str], values: VendorAccountValues, revision: int
    ) -> acts.VendorCreation:
        """Propose the account."""
        return acts.VendorCreation(values=values, revision=revision)

    async def context(self, subject: frozenset[str]) -> dict[str, Any]:
        """Say that there is no account yet."""
        return {"account": None, "place": acts.VENDOR}


class VendorTokenRotation(StaffForms[SeenAccount, VendorRotationValues, acts.VendorRotation]):
    """The form asks how long the new token lasts."""

    path = f"{ONE}/rotation"
    guards = CREATE
    dependencies = {"subject": Provide(acts.provide_live_account)}
    act = acts.ROTATION
    values = VendorRotationValues
    template = "staff/service_account_form.html"

    def now(self, subject: SeenAccount) -> VendorRotationValues:
        """Offer the usual last day."""
        return VendorRotationValues(usual_last_day(acts.VENDOR.today))

    async def check(self, subject: SeenAccount, form: SentForm[VendorRotationValues]) -> None:
        """Report at once a last day that does not fit."""
        check_last_day(acts.VENDOR, form)

    def entry(
        self, subject: SeenAccount, values: VendorRotationValues, revision: int
    ) -> acts.VendorRotation:
        """Propose the token."""
        return acts.VendorRotation(subject.id, values=values, revision=revision)

    async def context(self, subject: SeenAccount) -> dict[str, Any]:
        """Give the page the account."""
        return {"account": subject, "place": acts.VENDOR}


class VendorAccounts(Controller):
    """One account."""

    path = ONE
    dependencies = {"account": Provide(acts.provide_account)}

    @get(guards=SEE)
    async def show(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        account: NamedDependency[SeenAccount],
    ) -> Response[str]:
        """Its facts; right after its token was made, the token, once, to the person who made it."""
        errors = await draft_errors(
            request, viewer, lambda payload: payload.account == account.id, acts.REVOCATION
        )
        answer = staff_page(
            request,
            "staff/service_account.html",
            account=account,
            token=None if is_head(request) else await take_token(settings, account.id, viewer.id),
            scope_name=scope_name,
            place=acts.VENDOR,
            errors=errors,
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @post("/revocation", guards=[permitted(Permission.SERVICE_ACCOUNTS_REVOKE)])
    async def propose_revocation(
        self, viewer: NamedDependency[Viewer], account: NamedDependency[SeenAccount]
    ) -> Response[Any]:
        """取り消し: on to the confirm step."""
        payload = acts.VendorRevocation(account.id)
        return see_other(await propose(viewer, acts.REVOCATION, payload))

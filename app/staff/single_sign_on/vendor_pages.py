"""シングルサインオン of the vendor's staff: its provider, domains, state, and the test."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.database import Gone
from app.settings import Settings
from app.single_sign_on import connection_services, queries, rules
from app.single_sign_on.rules import STATE_NAMES, State
from app.single_sign_on.sign_in_pages import leave
from app.single_sign_on.values import DomainValues, VendorConnectionValues
from app.single_sign_on.vendor_queries import SeenStaffSingleSignOn, see_staff_single_sign_on
from app.staff.access import permitted, require
from app.staff.rules import Permission
from app.staff.shell_pages import StaffForms, draft_errors, staff_page
from app.staff.single_sign_on import vendor_acts as acts
from app.web.forms import Fields, read_id, read_number
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.scope_keys import DONE
from app.web.values import Choices, Form, SentForm

GUARDS = [permitted(Permission.SINGLE_SIGN_ON_CHANGE)]
# Pages that companies have too are about the vendor without these.
PLACE = {"place": acts.URL, "company": None, "contract": None}
PROPOSED = (acts.STATE, acts.EXCEPTION, acts.DOMAIN_REMOVAL)


def _is_about(_payload: Any) -> bool:
    """Return True: there is one connection that these acts can be about."""
    return True


SUBJECT = {"subject": Provide(see_staff_single_sign_on)}
CONNECTED = {"subject": Provide(acts.provide_connected)}


class VendorConnections(
    StaffForms[SeenStaffSingleSignOn, VendorConnectionValues, acts.ConnectionEntry]
):
    """All of it on one page, with the form of issuer, client and second factors."""

    path = acts.URL
    guards = GUARDS
    dependencies = SUBJECT
    act = acts.CONNECTION
    values = VendorConnectionValues
    template = "staff/vendor_single_sign_on.html"

    def now(self, subject: SeenStaffSingleSignOn) -> VendorConnectionValues | None:
        """Return what is there, once issuer and client are entered."""
        if subject.issuer is None or subject.client_id is None:
            return None
        return VendorConnectionValues(
            issuer=subject.issuer,
            client_id=subject.client_id,
            offline_access=bool(subject.offline_access),
            amr=subject.amr or [],
            acr=subject.acr or [],
        )

    async def choices(self, subject: SeenStaffSingleSignOn) -> Choices:
        """Offer the second factors that may count."""
        return acts.method_choices()

    def entry(
        self, subject: SeenStaffSingleSignOn, values: VendorConnectionValues, revision: int
    ) -> acts.ConnectionEntry:
        """Propose issuer, client and second factors."""
        return acts.ConnectionEntry(values=values, revision=revision)

    async def page(
        self, request: PageRequest, subject: SeenStaffSingleSignOn, form: Form
    ) -> Response[str]:
        """Show the form, what to copy to the provider, and the rest of the set-up."""
        settings: Settings = request.app.state.settings
        if "tested" in request.query_params:
            DONE.set(request.scope, _("Single sign-on works: you signed in through it."))
        form.errors.update(await draft_errors(request, request.user, _is_about, *PROPOSED))
        return staff_page(
            request,
            self.template,
            errors=form.errors,
            form=form,
            subject=subject,
            place=acts.URL,
            state=_(STATE_NAMES[State(subject.state)]) if subject.state else "",
            redirect_uri=rules.callback_url(settings.base_url, None),
            exit_uri=rules.after_exit_url(settings.base_url),
            log_out_uri=rules.log_out_url(settings.base_url, None),
            scopes=rules.scopes(offline_access=bool(subject.offline_access)),
        )


class VendorDomains(StaffForms[SeenStaffSingleSignOn, DomainValues, acts.DomainEntry]):
    """A domain more."""

    path = f"{acts.URL}/domains/new"
    guards = GUARDS
    dependencies = CONNECTED
    act = acts.DOMAIN
    values = DomainValues
    template = "single_sign_on/domain.html"

    def now(self, subject: SeenStaffSingleSignOn) -> DomainValues | None:
        """Return nothing: the form is empty at first."""
        return None

    def revision(self, subject: SeenStaffSingleSignOn) -> int:
        """Return 0: a domain is new."""
        return 0

    def entry(
        self, subject: SeenStaffSingleSignOn, values: DomainValues, revision: int
    ) -> acts.DomainEntry:
        """Propose the domain."""
        return acts.DomainEntry(values=values)

    async def check(self, subject: SeenStaffSingleSignOn, form: SentForm[DomainValues]) -> None:
        """Report at once that the domain is another connection's."""
        if "domain" not in form.errors and await queries.domain_taken(form.values.domain):
            self.refuse(form, "domain-taken")

    async def context(self, subject: SeenStaffSingleSignOn) -> dict[str, Any]:
        """Give the page its place."""
        return PLACE


class VendorSteps(Controller):
    """What takes a button or one field only: the secret, the test, the state, and the lists."""

    path = acts.URL
    guards = GUARDS
    dependencies = CONNECTED

    @get("/secret")
    async def show_secret(self, request: PageRequest) -> Response[Any]:
        """The form of the client secret. It takes no confirm step, which would have to keep it."""
        return _secret_page(request, {})

    @post("/secret")
    async def set_secret(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """Keep the secret, encrypted."""
        require(viewer, Permission.SINGLE_SIGN_ON_CHANGE)
        fields = Fields(await read_form(request))
        secret = fields.secret("secret", _("Client secret")).strip()
        if fields.errors:
            return _secret_page(request, fields.errors)
        try:
            await connection_services.set_secret(settings, None, secret, actor=viewer.id)
        except Gone:
            raise NotFoundException from None
        return see_other(acts.URL)

    @post("/test")
    async def test(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
    ) -> Response[Any]:
        """テスト: to the provider and back; it also links the administrator's account."""
        require(viewer, Permission.SINGLE_SIGN_ON_CHANGE)
        connection = await queries.find_connection(None)
        if connection is None:
            raise NotFoundException
        return await leave(
            request,
            settings,
            connection,
            address=await queries.find_address(viewer.id),
            wanted=acts.URL,
            tester=viewer.id,
        )

    @post("/state")
    async def change_state(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SeenStaffSingleSignOn],
    ) -> Response[Any]:
        """On to the confirm step of another state."""
        data = await read_form(request)
        wanted = data.get("state")
        if wanted not in subject.next_states:
            return see_other(acts.URL)
        revision = read_number(data.get("revision")) or subject.revision
        return see_other(
            await propose(viewer, acts.STATE, acts.StateChange(State(wanted), revision))
        )

    @post("/exceptions")
    async def change_exception(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SeenStaffSingleSignOn],
    ) -> Response[Any]:
        """On to the confirm step of an administrator who keeps the password, or no longer."""
        data = await read_form(request)
        user = read_id(data.get("user"))
        if user is None or str(user) not in {each.id for each in subject.administrators}:
            return see_other(acts.URL)
        payload = acts.ExceptionChange(user, data.get("keep") == "1")
        return see_other(await propose(viewer, acts.EXCEPTION, payload))

    @post("/domains/removal")
    async def remove_domain(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SeenStaffSingleSignOn],
    ) -> Response[Any]:
        """On to the confirm step of a domain less."""
        domain = read_id((await read_form(request)).get("domain"))
        if domain is None or str(domain) not in {each.id for each in subject.domains}:
            return see_other(acts.URL)
        return see_other(await propose(viewer, acts.DOMAIN_REMOVAL, acts.DomainRemoval(domain)))


def _secret_page(request: PageRequest, errors: dict[str, str]) -> Response[Any]:
    return staff_page(request, "single_sign_on/secret.html", errors=errors, **PLACE)

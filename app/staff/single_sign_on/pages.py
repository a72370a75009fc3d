"""シングルサインオン of a company: its provider, domains, state, and who keeps a password."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.services import propose
from app.database import Gone
from app.settings import Settings
from app.single_sign_on import connection_services, queries, rules
from app.single_sign_on.queries import SeenSingleSignOn
from app.single_sign_on.rules import STATE_NAMES, State
from app.single_sign_on.values import ConnectionValues, DomainValues
from app.staff.access import permitted, require
from app.staff.rules import Permission
from app.staff.shell_pages import StaffForms, draft_errors, staff_page
from app.staff.single_sign_on import acts
from app.web.forms import Fields, read_id, read_number
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.values import Form, SentForm

PATH = "/staff/companies/{id:uuid}/single-sign-on"
GUARDS = [permitted(Permission.SINGLE_SIGN_ON_CHANGE)]
PROPOSED = (acts.STATE, acts.EXCEPTION, acts.DOMAIN_REMOVAL)


async def provide_single_sign_on(id: FromPath[UUID]) -> SeenSingleSignOn:
    """Return the single sign-on of the company in the address."""
    return await acts.provide_single_sign_on(id)


async def provide_connected(id: FromPath[UUID]) -> SeenSingleSignOn:
    """Return it where issuer and client are entered.

    Raises:
        NotFoundException: they are not.
    """
    found = await acts.provide_single_sign_on(id)
    if found.connection is None:
        raise NotFoundException
    return found


def _is_about(company: UUID, payload: Any) -> bool:
    return bool(payload.company == company)


SUBJECT = {"subject": Provide(provide_single_sign_on)}
CONNECTED = {"subject": Provide(provide_connected)}


class Connections(StaffForms[SeenSingleSignOn, ConnectionValues, acts.ConnectionEntry]):
    """All of it on one page, with the form of issuer and client."""

    path = PATH
    guards = GUARDS
    dependencies = SUBJECT
    act = acts.CONNECTION
    values = ConnectionValues
    template = "staff/single_sign_on.html"

    def now(self, subject: SeenSingleSignOn) -> ConnectionValues | None:
        """Return issuer and client, once they are entered."""
        if subject.issuer is None or subject.client_id is None:
            return None
        return ConnectionValues(issuer=subject.issuer, client_id=subject.client_id)

    def entry(
        self, subject: SeenSingleSignOn, values: ConnectionValues, revision: int
    ) -> acts.ConnectionEntry:
        """Propose issuer and client."""
        return acts.ConnectionEntry(subject.id, values=values, revision=revision)

    async def page(
        self, request: PageRequest, subject: SeenSingleSignOn, form: Form
    ) -> Response[str]:
        """Show the form, what to copy to the provider, and the rest of the set-up."""
        settings: Settings = request.app.state.settings
        about = partial(_is_about, subject.id)
        form.errors.update(await draft_errors(request, request.user, about, *PROPOSED))
        return staff_page(
            request,
            self.template,
            errors=form.errors,
            form=form,
            company=subject,
            place=acts.url(subject.id),
            state=_(STATE_NAMES[State(subject.state)]) if subject.state else "",
            redirect_uri=rules.callback_url(settings.base_url, subject.id),
            exit_uri=rules.after_exit_url(settings.base_url),
            scopes=rules.SCOPES,
            test_url=f"{settings.base_url}/contracts/{subject.first_contract}/single-sign-on",
        )


class Domains(StaffForms[SeenSingleSignOn, DomainValues, acts.DomainEntry]):
    """A domain more."""

    path = f"{PATH}/domains/new"
    guards = GUARDS
    dependencies = CONNECTED
    act = acts.DOMAIN
    values = DomainValues
    template = "staff/single_sign_on_domain.html"

    def now(self, subject: SeenSingleSignOn) -> DomainValues | None:
        """Return nothing: the form is empty at first."""
        return None

    def entry(
        self, subject: SeenSingleSignOn, values: DomainValues, revision: int
    ) -> acts.DomainEntry:
        """Propose the domain."""
        return acts.DomainEntry(subject.id, values=values)

    async def check(self, subject: SeenSingleSignOn, form: SentForm[DomainValues]) -> None:
        """Report at once that a company has the domain."""
        if "domain" not in form.errors and await queries.domain_taken(form.values.domain):
            self.refuse(form, "domain-taken")

    async def context(self, subject: SeenSingleSignOn) -> dict[str, Any]:
        """Give the page the company."""
        return {"company": subject, "place": acts.url(subject.id)}


class ClientSecrets(Controller):
    """The client secret. It takes no confirm step, which would have to keep it."""

    path = f"{PATH}/secret"
    guards = GUARDS
    dependencies = CONNECTED

    @get()
    async def show(
        self, request: PageRequest, subject: NamedDependency[SeenSingleSignOn]
    ) -> Response[Any]:
        """The form."""
        return self._page(request, subject, {})

    @post()
    async def set(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        subject: NamedDependency[SeenSingleSignOn],
    ) -> Response[Any]:
        """Keep the secret, encrypted."""
        require(viewer, Permission.SINGLE_SIGN_ON_CHANGE)
        fields = Fields(await read_form(request))
        secret = fields.secret("secret", _("Client secret")).strip()
        if fields.errors:
            return self._page(request, subject, fields.errors)
        try:
            await connection_services.set_secret(settings, subject.id, secret, actor=viewer.id)
        except Gone:
            raise NotFoundException from None
        return see_other(acts.url(subject.id))

    def _page(
        self, request: PageRequest, subject: SeenSingleSignOn, errors: dict[str, str]
    ) -> Response[Any]:
        return staff_page(
            request,
            "staff/single_sign_on_secret.html",
            errors=errors,
            company=subject,
            place=acts.url(subject.id),
        )


class Steps(Controller):
    """What takes a button only: the state, an exception, and removing a domain."""

    path = PATH
    guards = GUARDS
    dependencies = CONNECTED

    @post("/state")
    async def change_state(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SeenSingleSignOn],
    ) -> Response[Any]:
        """On to the confirm step of another state."""
        data = await read_form(request)
        wanted = data.get("state")
        if wanted not in subject.next_states:
            return see_other(acts.url(subject.id))
        revision = read_number(data.get("revision")) or subject.revision
        payload = acts.StateChange(subject.id, State(wanted), revision)
        return see_other(await propose(viewer, acts.STATE, payload))

    @post("/exceptions")
    async def change_exception(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SeenSingleSignOn],
    ) -> Response[Any]:
        """On to the confirm step of an owner who keeps the password, or no longer."""
        data = await read_form(request)
        user = read_id(data.get("user"))
        if user is None or str(user) not in {owner.id for owner in subject.owners}:
            return see_other(acts.url(subject.id))
        payload = acts.ExceptionChange(subject.id, user, data.get("keep") == "1")
        return see_other(await propose(viewer, acts.EXCEPTION, payload))

    @post("/domains/removal")
    async def remove_domain(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SeenSingleSignOn],
    ) -> Response[Any]:
        """On to the confirm step of a domain less."""
        domain = read_id((await read_form(request)).get("domain"))
        if domain is None or str(domain) not in {each.id for each in subject.domains}:
            return see_other(acts.url(subject.id))
        payload = acts.DomainRemoval(subject.id, domain)
        return see_other(await propose(viewer, acts.DOMAIN_REMOVAL, payload))

"""Pages that set single sign-on up; `pages` of the console and of owners say where they stand."""

from typing import Any, ClassVar

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.form_pages import FormPages, draft_errors
from app.confirmations.services import propose
from app.database import Gone
from app.settings import Settings
from app.single_sign_on import acts, connection_services, rules
from app.single_sign_on.access import SetUp
from app.single_sign_on.queries import SeenSingleSignOn
from app.single_sign_on.rules import STATE_NAMES, State
from app.single_sign_on.values import ConnectionValues
from app.web.forms import Fields, read_id, read_number
from app.web.i18n import gettext as _
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.scope_keys import DONE
from app.web.templates import page
from app.web.values import Form, SentForm


def set_up_page(
    request: PageRequest,
    template: str,
    subject: SetUp,
    errors: dict[str, str] | None = None,
    **context: Any,
) -> Response[str]:
    """Answer with a page of a company's single sign-on, in the console or below a contract."""
    return page(
        request,
        template,
        status=422 if errors and request.method == "POST" else 200,
        contract=subject.contract,
        company=subject.seen,
        place=subject.place,
        may_change=subject.may_change,
        errors=errors or {},
        **context,
    )


def addresses(settings: Settings, seen: SeenSingleSignOn) -> dict[str, str]:
    """Return what has to be entered at the provider."""
    return {
        "redirect_uri": rules.callback_url(settings.base_url, seen.id),
        "exit_uri": rules.after_exit_url(settings.base_url),
        "log_out_uri": rules.log_out_url(settings.base_url, seen.id),
        "scopes": rules.scopes(offline_access=seen.offline_access),
    }


class Providers(FormPages[SetUp, ConnectionValues, acts.ConnectionEntry]):
    """All of it on one page, with the form of issuer and client.

    Attributes:
        door: what the page proposes.
    """

    values = ConnectionValues
    door: ClassVar[acts.SetUpActs]

    def now(self, subject: SetUp) -> ConnectionValues | None:
        """Return issuer and client, once they are entered."""
        seen = subject.seen
        if seen.issuer is None or seen.client_id is None:
            return None
        return ConnectionValues(seen.issuer, seen.client_id, seen.offline_access)

    def revision(self, subject: SetUp) -> int:
        """Return the revision of the connection."""
        return subject.seen.revision

    def entry(
        self, subject: SetUp, values: ConnectionValues, revision: int
    ) -> acts.ConnectionEntry:
        """Propose issuer and client."""
        return acts.ConnectionEntry(
            company=subject.seen.id, contract=subject.number, values=values, revision=revision
        )

    async def check(self, subject: SetUp, form: SentForm[ConnectionValues]) -> None:
        """Refuse owners who may only look."""
        if not subject.may_change:
            raise NotFoundException

    async def page(self, request: PageRequest, subject: SetUp, form: Form) -> Response[str]:
        """Show the form, what to copy to the provider, and the rest of the set-up."""
        settings: Settings = request.app.state.settings
        if "verified" in request.query_params:
            DONE.set(request.scope, _("The domain was verified."))
        seen, shown = subject.seen, self.door
        proposed = (shown.state, shown.exception, shown.domain_removal)
        form.errors.update(
            await draft_errors(
                request, request.user, lambda payload: payload.company == seen.id, *proposed
            )
        )
        return set_up_page(
            request,
            "single_sign_on/set_up.html",
            subject,
            form.errors,
            form=form,
            state=_(STATE_NAMES[State(seen.state)]) if seen.state else "",
            test_url=f"{settings.base_url}/contracts/{seen.first_contract}/single-sign-on",
            **addresses(settings, seen),
        )


class ClientSecrets(Controller):
    """The client secret. It takes no confirm step, which would have to keep it."""

    door: ClassVar[acts.SetUpActs]

    @get()
    async def show(self, request: PageRequest, subject: NamedDependency[SetUp]) -> Response[Any]:
        """The form."""
        return set_up_page(request, "single_sign_on/secret.html", subject)

    @post()
    async def set(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        settings: NamedDependency[Settings],
        subject: NamedDependency[SetUp],
    ) -> Response[Any]:
        """Keep the secret, encrypted."""
        self.door.connection.may(viewer)
        fields = Fields(await read_form(request))
        secret = fields.secret("secret", _("Client secret")).strip()
        if fields.errors:
            return set_up_page(request, "single_sign_on/secret.html", subject, fields.errors)
        try:
            await connection_services.set_secret(
                settings, subject.seen.id, secret, actor=viewer.id, contract=subject.contract_id
            )
        except Gone:
            raise NotFoundException from None
        return see_other(subject.place)


class Steps(Controller):
    """What takes a button only: the state, an exception, and removing a domain."""

    door: ClassVar[acts.SetUpActs]

    @post("/state")
    async def change_state(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SetUp],
    ) -> Response[Any]:
        """On to the confirm step of another state."""
        data = await read_form(request)
        wanted = data.get("state")
        if wanted not in subject.seen.next_states:
            return see_other(subject.place)
        payload = acts.StateChange(
            company=subject.seen.id,
            contract=subject.number,
            state=State(wanted),
            revision=read_number(data.get("revision")) or subject.seen.revision,
        )
        return see_other(await propose(viewer, self.door.state, payload))

    @post("/exceptions")
    async def change_exception(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SetUp],
    ) -> Response[Any]:
        """On to the confirm step of an owner who keeps the password, or no longer."""
        data = await read_form(request)
        user = read_id(data.get("user"))
        if user is None or str(user) not in {owner.id for owner in subject.seen.owners}:
            return see_other(subject.place)
        payload = acts.ExceptionChange(
            company=subject.seen.id,
            contract=subject.number,
            user=user,
            keep=data.get("keep") == "1",
        )
        return see_other(await propose(viewer, self.door.exception, payload))

    @post("/domains/removal")
    async def remove_domain(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SetUp],
    ) -> Response[Any]:
        """On to the confirm step of a domain less."""
        domain = read_id((await read_form(request)).get("domain"))
        if domain is None or str(domain) not in {each.id for each in subject.seen.domains}:
            return see_other(subject.place)
        payload = acts.DomainRemoval(
            company=subject.seen.id, contract=subject.number, domain=domain
        )
        return see_other(await propose(viewer, self.door.domain_removal, payload))

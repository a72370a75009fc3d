"""シングルサインオン of a company: its provider, domains, state, and who keeps a password."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.accounts.rules import Viewer
from app.confirmations.form_pages import FormPages
from app.confirmations.services import propose
from app.single_sign_on import claim_controllers, controllers, default_controllers, queries
from app.single_sign_on.access import SetUp
from app.single_sign_on.values import DomainValues
from app.staff.access import permitted
from app.staff.rules import Permission
from app.staff.single_sign_on import acts
from app.web.requests import PageRequest, read_form
from app.web.responses import see_other
from app.web.values import Form, SentForm

PATH = "/staff/companies/{id:uuid}/single-sign-on"
GUARDS = [permitted(Permission.SINGLE_SIGN_ON_CHANGE)]


async def provide_set_up(id: FromPath[UUID]) -> SetUp:
    """Return the single sign-on of the company in the address."""
    return await acts.find(id)


async def provide_connected(id: FromPath[UUID]) -> SetUp:
    """Return it where issuer and client are entered.

    Raises:
        NotFoundException: they are not.
    """
    found = await acts.find(id)
    if found.seen.connection is None:
        raise NotFoundException
    return found


SUBJECT = {"subject": Provide(provide_set_up)}
CONNECTED = {"subject": Provide(provide_connected)}


class Connections(controllers.Providers):
    """All of it on one page, with the form of issuer and client."""

    path = PATH
    guards = GUARDS
    dependencies = SUBJECT
    act = acts.CONNECTION
    door = acts.ACTS


class Domains(FormPages[SetUp, DomainValues, acts.DomainEntry]):
    """A domain more, with the reason how staff know that it is the company's."""

    path = f"{PATH}/domains/new"
    guards = GUARDS
    dependencies = CONNECTED
    act = acts.DOMAIN
    values = DomainValues

    def now(self, subject: SetUp) -> DomainValues | None:
        """Return nothing: the form is empty at first."""
        return None

    def revision(self, subject: SetUp) -> int:
        """Return 0: a domain is new."""
        return 0

    def entry(self, subject: SetUp, values: DomainValues, revision: int) -> acts.DomainEntry:
        """Propose the domain."""
        return acts.DomainEntry(company=subject.seen.id, values=values)

    async def check(self, subject: SetUp, form: SentForm[DomainValues]) -> None:
        """Report at once that a company has the domain."""
        if "domain" not in form.errors and await queries.domain_taken(form.values.domain):
            self.refuse(form, "domain-taken")

    async def page(self, request: PageRequest, subject: SetUp, form: Form) -> Response[str]:
        """Show the form."""
        return controllers.set_up_page(
            request, "single_sign_on/domain.html", subject, form.errors, form=form
        )


class ClientSecrets(controllers.ClientSecrets):
    """The client secret."""

    path = f"{PATH}/secret"
    guards = GUARDS
    dependencies = CONNECTED
    door = acts.ACTS


class Claims(claim_controllers.Claims):
    """Domains that the DNS shows to be the company's."""

    path = f"{PATH}/domains/dns"
    guards = GUARDS
    dependencies = CONNECTED
    door = acts.ACTS


class Defaults(default_controllers.Defaults):
    """Contracts that people join at their first sign-in."""

    path = f"{PATH}/default-contracts"
    guards = GUARDS
    dependencies = CONNECTED
    act = acts.DEFAULTS


class Steps(controllers.Steps):
    """What takes a button only."""

    path = PATH
    guards = GUARDS
    dependencies = CONNECTED
    door = acts.ACTS


class Delegations(Controller):
    """Whether owners may set single sign-on up themselves."""

    path = f"{PATH}/delegation"
    guards = GUARDS
    dependencies = SUBJECT

    @post()
    async def change(
        self,
        request: PageRequest,
        viewer: NamedDependency[Viewer],
        subject: NamedDependency[SetUp],
    ) -> Response[Any]:
        """On to the confirm step."""
        allowed = (await read_form(request)).get("allowed") == "1"
        payload = acts.Delegation(subject.seen.id, allowed)
        return see_other(await propose(viewer, acts.DELEGATION, payload))

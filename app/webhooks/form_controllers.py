"""Forms of webhooks that a contract and the vendor share; `pages` say where they stand."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency

from app.confirmations.form_pages import FormPages, S
from app.settings import Settings
from app.web.requests import PageRequest
from app.web.values import Choices, Form, SentForm, V, prefilled
from app.webhooks import queries
from app.webhooks.access import Whose
from app.webhooks.address_rules import url_problem
from app.webhooks.controllers import NO_STORE, webhook_page
from app.webhooks.endpoint_acts import Change, Creation, choices
from app.webhooks.event_rules import EventType
from app.webhooks.queries import SeenEndpoint
from app.webhooks.secret_services import open_url
from app.webhooks.values import EndpointFacts, EndpointValues


@dataclass(frozen=True)
class NewSubject:
    """Whose webhook a form makes.

    Attributes:
        allowed: networks that the operator allows although they are not public.
    """

    whose: Whose
    allowed: Collection[str]


@dataclass(frozen=True)
class KnownSubject(NewSubject):
    """The webhook that a form changes, with its whole address."""

    endpoint: SeenEndpoint
    url: str


def provide_new(whose: NamedDependency[Whose], settings: NamedDependency[Settings]) -> NewSubject:
    """Return what a form for a new webhook is about."""
    return NewSubject(whose, settings.webhook_addresses)


async def provide_known(
    whose: NamedDependency[Whose],
    endpoint: NamedDependency[SeenEndpoint],
    settings: NamedDependency[Settings],
) -> KnownSubject:
    """Return what a form that changes a webhook is about."""
    url = await open_url(settings, endpoint.id)
    return KnownSubject(whose, settings.webhook_addresses, endpoint, url)


class _Forms(FormPages[S, V, Any]):
    """What both forms check at once, before the confirm step."""

    async def choices(self, subject: S) -> Choices:
        """Offer receivers and events."""
        return choices()

    async def check_facts(
        self, subject: NewSubject, form: SentForm[Any], endpoint: SeenEndpoint | None
    ) -> None:
        """Note an address that leads nowhere or inside, and a name that is taken."""
        values: EndpointFacts = form.values
        if "url" not in form.errors and (problem := url_problem(values.url, subject.allowed)):
            self.refuse(form, f"url-{problem}")
        if "name" not in form.errors and await queries.name_taken(
            subject.whose.id, values.name, but=endpoint.id if endpoint else None
        ):
            self.refuse(form, "name-taken")


def _form_page(
    request: PageRequest, whose: Whose, endpoint: SeenEndpoint | None, form: Form
) -> Response[str]:
    status = 422 if form.errors and request.method == "POST" else 200
    # The address of a channel is as good as a password.
    return webhook_page(
        request,
        "webhooks/form.html",
        whose,
        status=status,
        headers=NO_STORE,
        endpoint=endpoint,
        form=form,
    )


class EndpointCreation(_Forms[NewSubject, EndpointValues]):
    """作成: a new webhook."""

    values = EndpointValues

    def now(self, subject: NewSubject) -> EndpointValues:
        """Offer all events."""
        return prefilled(EndpointValues, event_types=[each.value for each in EventType])

    async def check(self, subject: NewSubject, form: SentForm[EndpointValues]) -> None:
        """Check the address and the name."""
        await self.check_facts(subject, form, None)

    def entry(self, subject: NewSubject, values: EndpointValues, revision: int) -> Creation:
        """Propose it."""
        return Creation(values=values, revision=revision, contract=subject.whose.number)

    async def page(self, request: PageRequest, subject: NewSubject, form: Form) -> Response[str]:
        """Show the form."""
        return _form_page(request, subject.whose, None, form)


class EndpointChange(_Forms[KnownSubject, EndpointFacts]):
    """変更: name, address and events of a webhook."""

    values = EndpointFacts

    def now(self, subject: KnownSubject) -> EndpointFacts:
        """Show what there is."""
        endpoint = subject.endpoint
        return EndpointFacts(endpoint.name, subject.url, endpoint.event_types)

    def revision(self, subject: KnownSubject) -> int:
        """Return the revision of the webhook."""
        return subject.endpoint.revision

    async def check(self, subject: KnownSubject, form: SentForm[EndpointFacts]) -> None:
        """Check the address and the name."""
        await self.check_facts(subject, form, subject.endpoint)

    def entry(self, subject: KnownSubject, values: EndpointFacts, revision: int) -> Change:
        """Propose it."""
        return Change(
            values=values,
            revision=revision,
            contract=subject.whose.number,
            endpoint=subject.endpoint.id,
        )

    async def page(self, request: PageRequest, subject: KnownSubject, form: Form) -> Response[str]:
        """Show the form."""
        return _form_page(request, subject.whose, subject.endpoint, form)

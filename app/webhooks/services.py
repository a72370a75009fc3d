"""Changes of endpoints: making, changing, pausing and removing one.

Each takes the contract of the endpoint, whose owners may do it, or None for the vendor's.
"""

from uuid import UUID

from app import clock
from app.audit.services import record
from app.database import Gone, unit_of_work
from app.settings import Settings
from app.webhooks.address_rules import UrlProblem, target_of, url_problem
from app.webhooks.right_services import lock_endpoint, require_right
from app.webhooks.rules import PauseReason, Preset
from app.webhooks.secret_services import SECRET, URL, make_box
from app.webhooks.signature_rules import make_secret
from app.webhooks.tables import WebhookDelivery, WebhookEndpoint
from app.webhooks.values import EndpointFacts, EndpointValues


class WrongUrl(Exception):
    """The address cannot be one of a webhook.

    Attributes:
        problem: why; `URL_PROBLEMS` has the words.
    """

    def __init__(self, problem: UrlProblem) -> None:
        super().__init__(problem)
        self.problem = problem


def _host(settings: Settings, url: str) -> str:
    target = target_of(url)
    problem = url_problem(url, settings.webhook_addresses)
    if target is None or problem is not None:
        raise WrongUrl(problem or UrlProblem.FORM)
    return target.host


async def create_endpoint(
    settings: Settings,
    *,
    contract: UUID | None,
    values: EndpointValues,
    language: str,
    actor: UUID,
) -> UUID:
    """Make an endpoint, and its secret where the receiver checks signatures; return its id.

    Args:
        language: of the texts for chat channels.

    Raises:
        NotOwner: the actor no longer owns the contract, or it has ended.
        WrongUrl: the address is none, or leads into a private network.
        asyncpg.UniqueViolationError: another endpoint has the name.
    """
    host, now = _host(settings, values.url), clock.now()
    signs = values.preset is Preset.STANDARD
    endpoint = WebhookEndpoint(
        contract=contract,
        name=values.name,
        host=host,
        preset=values.preset.value,
        event_types=sorted(values.event_types),
        language=language,
        secret_unshown=signs,
        secret_by=actor,
        secret_at=now,
        created_at=now,
        rests_until=now,
    )
    endpoint.encrypted_url = make_box(settings, URL, endpoint.id, values.url)
    if signs:
        endpoint.encrypted_secret = make_box(settings, SECRET, endpoint.id, make_secret())
    async with unit_of_work():
        await require_right(contract, actor)
        await WebhookEndpoint.insert(endpoint)
        await record(
            "webhook-creation",
            actor=actor,
            contract=contract,
            subject=endpoint.id,
            name=values.name,
            host=host,
            preset=values.preset.value,
            event_types=sorted(values.event_types),
        )
    return endpoint.id


async def change_endpoint(
    settings: Settings,
    *,
    contract: UUID | None,
    endpoint: UUID,
    values: EndpointFacts,
    revision: int,
    actor: UUID,
) -> None:
    """Change name, address and event types of an endpoint; what waits goes to the new address.

    Raises:
        NotOwner: the actor no longer owns the contract, or it has ended.
        WrongUrl: the address is none, or leads into a private network.
        Gone: the endpoint was removed.
        Changed: it has another revision by now.
        asyncpg.UniqueViolationError: another endpoint has the name.
    """
    host = _host(settings, values.url)
    async with unit_of_work():
        await require_right(contract, actor)
        await lock_endpoint(contract, endpoint, revision)
        await WebhookEndpoint.update(
            {
                WebhookEndpoint.name: values.name,
                WebhookEndpoint.host: host,
                WebhookEndpoint.encrypted_url: make_box(settings, URL, endpoint, values.url),
                WebhookEndpoint.event_types: sorted(values.event_types),
            }
        ).where(WebhookEndpoint.id == endpoint)
        await record(
            "webhook-change",
            actor=actor,
            contract=contract,
            subject=endpoint,
            name=values.name,
            host=host,
            event_types=sorted(values.event_types),
        )


async def pause_endpoint(*, contract: UUID | None, endpoint: UUID, actor: UUID) -> None:
    """Send an endpoint nothing for now. Its events are kept for 30 days.

    Raises:
        NotOwner: the actor no longer owns the contract.
        Gone: it was removed, or is paused already.
    """
    async with unit_of_work():
        await require_right(contract, actor, ended=True)
        before = await lock_endpoint(contract, endpoint)
        if before.paused_at is not None:
            raise Gone
        await WebhookEndpoint.update(
            {
                WebhookEndpoint.paused_at: clock.now(),
                WebhookEndpoint.pause_reason: PauseReason.PERSON.value,
            }
        ).where(WebhookEndpoint.id == endpoint)
        await record(
            "webhook-pause", actor=actor, contract=contract, subject=endpoint, name=before.name
        )


async def resume_endpoint(*, contract: UUID | None, endpoint: UUID, actor: UUID) -> None:
    """Send a paused endpoint what waits for it, at once, and what comes.

    Raises:
        NotOwner: the actor no longer owns the contract.
        Gone: it was removed, or is not paused.
    """
    now = clock.now()
    async with unit_of_work():
        await require_right(contract, actor, ended=True)
        before = await lock_endpoint(contract, endpoint)
        if before.paused_at is None:
            raise Gone
        await WebhookEndpoint.update(
            {
                WebhookEndpoint.paused_at: None,
                WebhookEndpoint.pause_reason: None,
            }
        ).where(WebhookEndpoint.id == endpoint)
        await WebhookDelivery.update(
            {WebhookDelivery.due_at: now, WebhookDelivery.failures: 0}
        ).where((WebhookDelivery.endpoint == endpoint) & (WebhookDelivery.state == "queued"))
        await record(
            "webhook-resumption", actor=actor, contract=contract, subject=endpoint, name=before.name
        )


async def remove_endpoint(*, contract: UUID | None, endpoint: UUID, actor: UUID) -> None:
    """Remove an endpoint with its address, its secrets and its deliveries.

    Raises:
        NotOwner: the actor no longer owns the contract.
        Gone: it was removed already.
    """
    async with unit_of_work():
        await require_right(contract, actor, ended=True)
        before = await lock_endpoint(contract, endpoint)
        await WebhookDelivery.delete().where(WebhookDelivery.endpoint == endpoint)
        await WebhookEndpoint.update(
            {
                WebhookEndpoint.removed_at: clock.now(),
                WebhookEndpoint.encrypted_url: None,
                WebhookEndpoint.encrypted_secret: None,
                WebhookEndpoint.secret_unshown: False,
                WebhookEndpoint.previous_secret: None,
                WebhookEndpoint.previous_until: None,
            }
        ).where(WebhookEndpoint.id == endpoint)
        await record(
            "webhook-removal", actor=actor, contract=contract, subject=endpoint, name=before.name
        )

"""Webhook: events of all contracts, sent to the vendor's own systems and chat channels."""

from litestar import Response, get
from litestar.di import NamedDependency, Provide

from app.staff.access import permitted
from app.staff.rules import Permission
from app.staff.webhooks import acts
from app.web.requests import PageRequest
from app.webhooks.access import VENDOR_URL, Whose, provide_delivery, provide_endpoint
from app.webhooks.controllers import DeliveryPages, EndpointPages, webhooks_page
from app.webhooks.form_controllers import (
    EndpointChange,
    EndpointCreation,
    provide_known,
    provide_new,
)

GUARDS = [permitted(Permission.WEBHOOKS_CHANGE)]
ONE = f"{VENDOR_URL}/{{endpoint_id:uuid}}"


def provide_vendor() -> Whose:
    """Return the vendor as the one whose webhooks they are."""
    return Whose(None)


VENDOR = {"whose": Provide(provide_vendor, sync_to_thread=False)}
ENDPOINT = {**VENDOR, "endpoint": Provide(provide_endpoint)}


@get(VENDOR_URL, guards=GUARDS, dependencies=VENDOR)
async def list_vendor_webhooks(
    request: PageRequest, whose: NamedDependency[Whose]
) -> Response[str]:
    """The vendor's webhooks that were not removed."""
    return await webhooks_page(request, whose)


class VendorWebhookCreation(EndpointCreation):
    """A new webhook of the vendor."""

    path = f"{VENDOR_URL}/new"
    guards = GUARDS
    dependencies = {**VENDOR, "subject": Provide(provide_new, sync_to_thread=False)}
    act = acts.CREATION


class VendorWebhookChange(EndpointChange):
    """Other facts of a webhook of the vendor."""

    path = f"{ONE}/change"
    guards = GUARDS
    dependencies = {**ENDPOINT, "subject": Provide(provide_known)}
    act = acts.CHANGE


class VendorWebhooks(EndpointPages):
    """One webhook of the vendor."""

    path = ONE
    guards = GUARDS
    dependencies = ENDPOINT
    steps = acts.STEPS
    resending = acts.RESENDING


class VendorDeliveries(DeliveryPages):
    """One delivery of a webhook of the vendor."""

    path = f"{ONE}/deliveries/{{delivery_id:uuid}}"
    guards = GUARDS
    dependencies = {**ENDPOINT, "delivery": Provide(provide_delivery)}
    act = acts.RESENDING

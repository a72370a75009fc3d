"""Webhook: events of a contract, sent to other systems and chat channels; for its owners."""

from litestar import Response, get
from litestar.di import NamedDependency, Provide

from app.accounts.access import recently_proved, signed_in
from app.contracts.access import provide_changeable_contract, provide_owned_contract
from app.web.requests import PageRequest
from app.webhooks import acts
from app.webhooks.access import Whose, provide_delivery, provide_endpoint, provide_own
from app.webhooks.controllers import DeliveryPages, EndpointPages, webhooks_page
from app.webhooks.form_controllers import (
    EndpointChange,
    EndpointCreation,
    provide_known,
    provide_new,
)

PATH = "/contracts/{number:str}/webhooks"
ONE = f"{PATH}/{{endpoint_id:uuid}}"
OWN = {
    "contract": Provide(provide_owned_contract),
    "whose": Provide(provide_own, sync_to_thread=False),
}
CHANGEABLE = {**OWN, "contract": Provide(provide_changeable_contract)}
ENDPOINT = {"endpoint": Provide(provide_endpoint)}


@get(PATH, guards=[signed_in], dependencies=OWN)
async def list_webhooks(request: PageRequest, whose: NamedDependency[Whose]) -> Response[str]:
    """The webhooks of a contract that were not removed."""
    return await webhooks_page(request, whose)


class WebhookCreation(EndpointCreation):
    """A new webhook of a contract."""

    path = f"{PATH}/new"
    guards = [signed_in, recently_proved]
    dependencies = {**CHANGEABLE, "subject": Provide(provide_new, sync_to_thread=False)}
    act = acts.CREATION


class WebhookChange(EndpointChange):
    """Other facts of a contract's webhook; the form has its whole address."""

    path = f"{ONE}/change"
    guards = [signed_in, recently_proved]
    dependencies = {**CHANGEABLE, **ENDPOINT, "subject": Provide(provide_known)}
    act = acts.CHANGE


class Webhooks(EndpointPages):
    """One webhook of a contract."""

    path = ONE
    guards = [signed_in]
    dependencies = {**OWN, **ENDPOINT}
    steps = acts.STEPS
    resending = acts.RESENDING


class Deliveries(DeliveryPages):
    """One delivery of a contract's webhook."""

    path = f"{ONE}/deliveries/{{delivery_id:uuid}}"
    guards = [signed_in]
    dependencies = {**OWN, **ENDPOINT, "delivery": Provide(provide_delivery)}
    act = acts.RESENDING

"""What is confirmed about a webhook that there is, of a contract or of the vendor."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Payload, Statement, anybody
from app.web.i18n import N_, moment
from app.web.i18n import gettext as _
from app.webhooks import emission_services, secret_services, services
from app.webhooks.access import Whose, provide_delivery, provide_endpoint
from app.webhooks.endpoint_acts import NOT_OWNER, Find, contract_fact
from app.webhooks.event_rules import event_name
from app.webhooks.queries import SeenDelivery, SeenEndpoint
from app.webhooks.rules import Preset, State


class OfEndpoint(Payload, frozen=True):
    """An act about a webhook; without a contract, one of the vendor's."""

    contract: str | None
    endpoint: UUID


class Rotation(OfEndpoint, frozen=True):
    """A new secret, in place of the one that the person saw the page of."""

    revision: int


class Resending(OfEndpoint, frozen=True):
    """A delivery once more."""

    delivery: UUID


@dataclass(frozen=True)
class About:
    """What an act is about, looked up."""

    whose: Whose
    endpoint: SeenEndpoint
    delivery: SeenDelivery | None

    @property
    def url(self) -> str:
        """Return the path of the webhook's page."""
        return f"{self.whose.url}/{self.endpoint.id}"


@dataclass(frozen=True)
class Step:
    """One thing to do with a webhook, for the contract's and the vendor's alike.

    Attributes:
        heading, notes, warning, done: message ids; what was done may name the webhook.
        perform: calls the service.
        fits: whether it can be done with the webhook as it is now.
        changes: whether it takes a contract that has not ended.
    """

    name: str
    heading: str
    done: str
    perform: Callable[[Context, About, Any], Awaitable[object]]
    fits: Callable[[About], bool]
    payload: type[OfEndpoint] = OfEndpoint
    notes: tuple[str, ...] = ()
    warning: str = ""
    danger: bool = False
    changes: bool = False


async def _find(step: Step, find: Find, viewer: Viewer, payload: OfEndpoint) -> About:
    whose = await find(viewer, payload.contract, step.changes)
    endpoint = await provide_endpoint(whose, payload.endpoint)
    delivery = None
    if isinstance(payload, Resending):
        delivery = await provide_delivery(endpoint, payload.delivery)
    about = About(whose, endpoint, delivery)
    if not step.fits(about):
        raise NotFoundException
    return about


async def _state(step: Step, find: Find, context: Context, payload: OfEndpoint) -> Statement:
    about = await _find(step, find, context.viewer, payload)
    shown = [(_("Webhook name"), about.endpoint.name), (_("Sent to"), about.endpoint.host)]
    if (delivery := about.delivery) is not None:
        contract = about.whose.contract
        at = moment(delivery.created_at, *([contract.time_zone] if contract else []))
        shown += [(_("Event"), event_name(delivery.event_type)), (_("Date and time"), at)]
    return Statement(
        heading=_(step.heading),
        facts=[*contract_fact(about.whose), *shown],
        back=about.url,
        notes=[_(note) for note in step.notes],
        warning=_(step.warning) if step.warning else "",
        danger=step.danger,
    )


async def _perform(step: Step, find: Find, context: Context, payload: OfEndpoint) -> Done:
    about = await _find(step, find, context.viewer, payload)
    await step.perform(context, about, payload)
    location = about.whose.url if step.danger else about.url
    return Done(location, _(step.done, name=about.endpoint.name))


async def _rotate(context: Context, about: About, payload: Rotation) -> None:
    await secret_services.rotate_secret(
        context.settings,
        contract=about.whose.id,
        endpoint=about.endpoint.id,
        revision=payload.revision,
        actor=context.viewer.id,
    )


async def _pause(context: Context, about: About, _payload: OfEndpoint) -> None:
    await services.pause_endpoint(
        contract=about.whose.id, endpoint=about.endpoint.id, actor=context.viewer.id
    )


async def _resume(context: Context, about: About, _payload: OfEndpoint) -> None:
    await services.resume_endpoint(
        contract=about.whose.id, endpoint=about.endpoint.id, actor=context.viewer.id
    )


async def _remove(context: Context, about: About, _payload: OfEndpoint) -> None:
    await services.remove_endpoint(
        contract=about.whose.id, endpoint=about.endpoint.id, actor=context.viewer.id
    )


async def _test(context: Context, about: About, _payload: OfEndpoint) -> None:
    await emission_services.send_test(
        context.settings,
        contract=about.whose.id,
        endpoint=about.endpoint.id,
        actor=context.viewer.id,
    )


async def _send_again(context: Context, about: About, payload: Resending) -> None:
    await emission_services.send_again(
        contract=about.whose.id,
        endpoint=about.endpoint.id,
        delivery=payload.delivery,
        actor=context.viewer.id,
    )


def _always(_about: About) -> bool:
    return True


ROTATION = Step(
    "rotation",
    N_("Create a new secret?"),
    N_("“%(name)s” has a new secret."),
    _rotate,
    lambda about: about.endpoint.preset is Preset.STANDARD,
    payload=Rotation,
    notes=(
        N_("The new secret is shown only once, right after this."),
        N_("For another 24 hours, events are signed with the current secret as well."),
    ),
    changes=True,
)
PAUSE = Step(
    "pause",
    N_("Pause this webhook?"),
    N_("The webhook “%(name)s” was paused."),
    _pause,
    lambda about: about.endpoint.paused_at is None,
    notes=(N_("Events wait for up to 30 days. They are sent when you resume it."),),
)
RESUMPTION = Step(
    "resumption",
    N_("Resume this webhook?"),
    N_("The webhook “%(name)s” was resumed."),
    _resume,
    lambda about: about.endpoint.paused_at is not None,
    notes=(N_("Events that wait are sent at once."),),
)
REMOVAL = Step(
    "removal",
    N_("Remove this webhook?"),
    N_("The webhook “%(name)s” was removed."),
    _remove,
    _always,
    warning=N_("Its address, its secret and its delivery log are deleted. This cannot be undone."),
    danger=True,
)
TEST = Step(
    "test",
    N_("Send a test event?"),
    N_("A test event is on its way. The delivery log below shows the answer."),
    _test,
    _always,
)
RESENDING = Step(
    "resending",
    N_("Send this event again?"),
    N_("The event is on its way again. The delivery log below shows the answer."),
    _send_again,
    lambda about: about.delivery is not None and about.delivery.state is not State.QUEUED,
    payload=Resending,
    notes=(N_("It keeps its id, so that the receiver can recognize a repeat."),),
)


def act(prefix: str, step: Step, find: Find, may: Callable[[Viewer], None] = anybody) -> Act[Any]:
    """Return a step as an act, for a contract's webhooks or for the vendor's."""
    return Act(
        f"{prefix}-{step.name}",
        step.payload,
        partial(_state, step, find),
        partial(_perform, step, find),
        {"not-owner": NOT_OWNER},
        may,
    )

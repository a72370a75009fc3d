"""Making and changing a webhook of a contract or of the vendor: what is confirmed and done."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

import asyncpg

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Entry, Refusal, Refused, Statement
from app.people.membership_services import NotOwner
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.values import Choices, facts
from app.webhooks import services
from app.webhooks.access import Whose, provide_endpoint
from app.webhooks.address_rules import URL_PROBLEMS
from app.webhooks.event_rules import EventType, event_name
from app.webhooks.queries import SeenEndpoint
from app.webhooks.rules import Preset, preset_name
from app.webhooks.services import WrongUrl
from app.webhooks.values import EndpointFacts, EndpointValues

Find = Callable[[Viewer, str | None, bool], Awaitable[Whose]]
"""Looks up whose webhooks an act is about: by the contract's number, to change them or only to end
them. Raises NotFoundException for those who may not."""


class Creation(Entry[EndpointValues], frozen=True):
    """A new webhook; without a contract, the vendor's."""

    contract: str | None


class Change(Entry[EndpointFacts], frozen=True):
    """Other facts of a webhook."""

    contract: str | None
    endpoint: UUID


def choices() -> Choices:
    """Return what the fields of a webhook offer."""
    return {
        "preset": {preset.value: preset_name(preset) for preset in Preset},
        "event_types": {each.value: event_name(each) for each in EventType},
    }


def contract_fact(whose: Whose) -> list[tuple[str, str]]:
    """Return the contract as a confirm page says it first; nothing for the vendor."""
    contract = whose.contract
    return [(_("Contract"), f"{contract.name} ({contract.number})")] if contract else []


async def _state_creation(find: Find, context: Context, payload: Creation) -> Statement:
    whose = await find(context.viewer, payload.contract, True)
    notes = [
        _("Events say what happened, with ids and numbers, and no names of people. They leave the"
          " portal for this address.")
    ]  # fmt: skip
    if payload.values.preset is Preset.STANDARD:
        notes.append(_("The secret is shown only once, right after this."))
    return Statement(
        heading=_("Create this webhook?"),
        facts=[*contract_fact(whose), *facts(payload.values, choices())],
        back=f"{whose.url}/new",
        notes=notes,
    )


async def _create(find: Find, context: Context, payload: Creation) -> Done:
    whose = await find(context.viewer, payload.contract, True)
    try:
        created = await services.create_endpoint(
            context.settings,
            contract=whose.id,
            values=payload.values,
            language=context.viewer.language,
            actor=context.viewer.id,
        )
    except WrongUrl as wrong:
        raise Refused(f"url-{wrong.problem}") from None
    return Done(
        f"{whose.url}/{created}",
        _("The webhook “%(name)s” was created.", name=payload.values.name),
    )


async def _changeable(
    find: Find, context: Context, payload: Change
) -> tuple[Whose, SeenEndpoint, str]:
    whose = await find(context.viewer, payload.contract, True)
    endpoint = await provide_endpoint(whose, payload.endpoint)
    return whose, endpoint, f"{whose.url}/{endpoint.id}"


async def _state_change(find: Find, context: Context, payload: Change) -> Statement:
    whose, _endpoint, url = await _changeable(find, context, payload)
    return Statement(
        heading=_("Change this webhook?"),
        facts=[*contract_fact(whose), *facts(payload.values, choices())],
        back=f"{url}/change",
    )


async def _change(find: Find, context: Context, payload: Change) -> Done:
    whose, endpoint, url = await _changeable(find, context, payload)
    try:
        await services.change_endpoint(
            context.settings,
            contract=whose.id,
            endpoint=endpoint.id,
            values=payload.values,
            revision=payload.revision,
            actor=context.viewer.id,
        )
    except WrongUrl as wrong:
        raise Refused(f"url-{wrong.problem}") from None
    return Done(url, _("The webhook “%(name)s” was changed.", name=payload.values.name))


NOT_OWNER = Refusal(
    "form",
    N_("Nothing was changed. You are no longer an owner of this contract."),
    NotOwner,
)
REFUSALS = {
    "name-taken": Refusal(
        "name",
        N_("Another webhook has this name. Enter a different name."),
        asyncpg.UniqueViolationError,
    ),
    **{f"url-{problem}": Refusal("url", words) for problem, words in URL_PROBLEMS.items()},
    "not-owner": NOT_OWNER,
}


def creation(prefix: str, find: Find, may: Callable[[Viewer], None]) -> Act[Creation]:
    """Return the act of making one."""
    state, perform = partial(_state_creation, find), partial(_create, find)
    return Act(f"{prefix}-creation", Creation, state, perform, REFUSALS, may)


def change(prefix: str, find: Find, may: Callable[[Viewer], None]) -> Act[Change]:
    """Return the act of changing one."""
    state, perform = partial(_state_change, find), partial(_change, find)
    return Act(f"{prefix}-change", Change, state, perform, REFUSALS, may)

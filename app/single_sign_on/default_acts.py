"""What is confirmed about the contracts that people join at their first sign-in."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from app.accounts.access import require_proof
from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Entry, Statement
from app.single_sign_on.access import SetUp
from app.single_sign_on.acts import Find, find_own, find_subject
from app.single_sign_on.default_queries import offered_contracts
from app.single_sign_on.default_services import choose_default_contracts
from app.single_sign_on.values import DefaultValues
from app.web.i18n import gettext as _
from app.web.values import Choices, facts


class DefaultEntry(Entry[DefaultValues], frozen=True, kw_only=True):
    """Contracts that people without an invitation join."""

    company: UUID
    contract: str = ""


async def default_choices(set_up: SetUp) -> Choices:
    """Return the contracts that a person may choose: all in the console, else those they own."""
    offered = await offered_contracts(set_up.seen.id, set_up.owner)
    return {"contracts": {str(each.id): f"{each.number} {each.name}" for each in offered}}


async def _state_defaults(find: Find, context: Context, payload: DefaultEntry) -> Statement:
    set_up = await find_subject(find, context, payload)
    return Statement(
        heading=_("Change who may join by single sign-on?"),
        facts=[
            (_("Company"), set_up.seen.name),
            *facts(payload.values, await default_choices(set_up)),
        ],
        back=f"{set_up.place}/default-contracts",
        notes=[
            _(
                "People of the verified domains then get an account at their first sign-in, without"
                " an invitation, and become members of these contracts."
            )
        ]
        if payload.values.contracts
        else [],
    )


async def _choose_defaults(find: Find, context: Context, payload: DefaultEntry) -> Done:
    set_up = await find_subject(find, context, payload)
    offered = await default_choices(set_up)
    await choose_default_contracts(
        payload.company,
        payload.values.contracts,
        [UUID(each) for each in offered["contracts"]],
        actor=context.viewer.id,
        contract=set_up.contract_id,
    )
    return Done(set_up.place, _("The contracts to join at the first sign-in were changed."))


def make_default_act(name: str, find: Find, may: Callable[[Viewer], None]) -> Act[DefaultEntry]:
    """Return the act of a door, as `make_acts` does."""
    return Act(
        f"{name}-default-contracts",
        DefaultEntry,
        partial(_state_defaults, find),
        partial(_choose_defaults, find),
        may=may,
    )


OWN_DEFAULTS = make_default_act("own-single-sign-on", find_own, require_proof)

"""What is confirmed about provisioning, in the console and by owners: its token comes and goes."""

from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from litestar.exceptions import NotFoundException

from app.accounts.access import require_proof
from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Statement
from app.provisioning.queries import SeenProvisioning, see_provisioning
from app.provisioning.token_services import make_connection_token, revoke_connection_token
from app.single_sign_on.access import SetUp, find_own_set_up
from app.single_sign_on.acts import Find, OfCompany
from app.web.i18n import gettext as _


class TokenMaking(OfCompany, frozen=True, kw_only=True):
    """A new token of a connection.

    Attributes:
        revision: of the token before; 0 where there was none.
    """

    revision: int


class TokenRevocation(OfCompany, frozen=True, kw_only=True):
    """The end of a connection's token."""


class TokenActs(NamedTuple):
    """What can be confirmed about provisioning, of one door."""

    making: Act[TokenMaking]
    revocation: Act[TokenRevocation]


def place_of(set_up: SetUp) -> str:
    """Return the path of the page of provisioning."""
    return f"{set_up.place}/provisioning"


async def _find(find: Find, context: Context, payload: Any) -> tuple[SetUp, SeenProvisioning]:
    set_up = await find(context.viewer, payload.company, payload.contract)
    seen = await see_provisioning(set_up.seen.id)
    if seen is None or seen.id != payload.company:
        raise NotFoundException
    return set_up, seen


async def _state_making(find: Find, context: Context, payload: TokenMaking) -> Statement:
    set_up, seen = await _find(find, context, payload)
    notes = [
        _("The new token is shown only once, right after this."),
        _("Anyone who has it can deactivate all people with an address of the company's domains."),
    ]
    if seen.in_force:
        notes.append(_("The current token works for another 24 hours."))
    return Statement(
        heading=_("Create a provisioning token?"),
        facts=[(_("Company"), seen.name)],
        back=place_of(set_up),
        notes=notes,
    )


async def _make(find: Find, context: Context, payload: TokenMaking) -> Done:
    set_up, _seen = await _find(find, context, payload)
    await make_connection_token(
        context.settings,
        payload.company,
        revision=payload.revision,
        actor=context.viewer.id,
        contract=set_up.contract_id,
    )
    return Done(place_of(set_up), _("The token was created. Copy it now."))


async def _state_revocation(find: Find, context: Context, payload: TokenRevocation) -> Statement:
    set_up, seen = await _find(find, context, payload)
    if not seen.in_force:
        raise NotFoundException
    return Statement(
        heading=_("Revoke the provisioning token?"),
        facts=[(_("Company"), seen.name)],
        back=place_of(set_up),
        warning=_(
            "The company's provider stops having access at once. Accounts stay as they are: people"
            " who leave the company keep theirs until the vendor disables them."
        ),
        danger=True,
    )


async def _revoke(find: Find, context: Context, payload: TokenRevocation) -> Done:
    set_up, _seen = await _find(find, context, payload)
    await revoke_connection_token(
        payload.company, actor=context.viewer.id, contract=set_up.contract_id
    )
    return Done(place_of(set_up), _("The provisioning token was revoked."))


def make_token_acts(name: str, find: Find, may: Any) -> TokenActs:
    """Return the acts of a door: the console's, or that of the owners.

    Args:
        name: what their names begin with.
        find: looks the company up for the person who confirms.
        may: what `Act.may` is.
    """

    def act(end: str, payload: type[Any], state: Any, perform: Any) -> Act[Any]:
        return Act(f"{name}-{end}", payload, partial(state, find), partial(perform, find), may=may)

    return TokenActs(
        act("token", TokenMaking, _state_making, _make),
        act("token-revocation", TokenRevocation, _state_revocation, _revoke),
    )


async def _find_own(viewer: Viewer, _company: UUID, number: str) -> SetUp:
    return await find_own_set_up(viewer, number)


OWN = make_token_acts("own-provisioning", _find_own, require_proof)
MAKING, REVOCATION = OWN

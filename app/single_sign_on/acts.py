"""What is confirmed about a company's single sign-on, in the console and by owners."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.accounts.access import require_proof
from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Statement
from app.single_sign_on import connection_services as changes
from app.single_sign_on.access import SetUp, find_own_set_up
from app.single_sign_on.queries import SeenSingleSignOn
from app.single_sign_on.rules import STATE_NAMES, State
from app.single_sign_on.values import ConnectionValues
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.values import facts


class OfCompany(Payload, frozen=True, kw_only=True):
    """An act about a company's single sign-on; with the number of an owner's contract."""

    company: UUID
    contract: str = ""


class ConnectionEntry(Entry[ConnectionValues], frozen=True, kw_only=True):
    """Issuer and client of a company's provider."""

    company: UUID
    contract: str = ""


class DomainRemoval(OfCompany, frozen=True, kw_only=True):
    """A domain less."""

    domain: UUID


class StateChange(OfCompany, frozen=True, kw_only=True):
    """Whether single sign-on is offered, required or turned off."""

    state: State
    revision: int


class ExceptionChange(OfCompany, frozen=True, kw_only=True):
    """Whether an owner keeps the password."""

    user: UUID
    keep: bool


# Looks a company up for the person, by its id and the number of their contract.
Find = Callable[[Viewer, UUID, str], Awaitable[SetUp]]


async def find_subject(find: Find, context: Context, payload: Any) -> SetUp:
    """Return what an act is about, if the person may change it.

    Raises:
        NotFoundException: they may not.
    """
    found = await find(context.viewer, payload.company, payload.contract)
    if found.seen.id != payload.company:
        raise NotFoundException
    return found


def _company(seen: SeenSingleSignOn) -> tuple[str, str]:
    return _("Company"), seen.name


async def _state_connection(find: Find, context: Context, payload: ConnectionEntry) -> Statement:
    set_up = await find_subject(find, context, payload)
    seen, values = set_up.seen, payload.values
    before = (seen.issuer, seen.client_id)
    again = _(
        "Single sign-on is turned off until an owner has tested it again. People link their"
        " accounts again. The provisioning token (SCIM) is revoked."
    )
    return Statement(
        heading=_("Use this identity provider?"),
        facts=[_company(seen), *facts(values)],
        back=set_up.place,
        warning=again if seen.connection and before != (values.issuer, values.client_id) else "",
    )


async def _save_connection(find: Find, context: Context, payload: ConnectionEntry) -> Done:
    set_up = await find_subject(find, context, payload)
    await changes.save_connection(
        payload.company,
        values=payload.values,
        revision=payload.revision,
        actor=context.viewer.id,
        contract=set_up.contract_id,
    )
    return Done(set_up.place, _("The identity provider was saved."))


async def _state_removal(find: Find, context: Context, payload: DomainRemoval) -> Statement:
    set_up = await find_subject(find, context, payload)
    seen = set_up.seen
    names = [each.domain for each in seen.domains if each.id == str(payload.domain)]
    if not names:
        raise NotFoundException
    return Statement(
        heading=_("Remove this domain?"),
        facts=[_company(seen), (_("Domain"), names[0])],
        back=set_up.place,
        notes=[_("People with an address of this domain are signed out and need their password.")],
        danger=True,
    )


async def _remove_domain(find: Find, context: Context, payload: DomainRemoval) -> Done:
    set_up = await find_subject(find, context, payload)
    await changes.remove_domain(
        payload.company, payload.domain, actor=context.viewer.id, contract=set_up.contract_id
    )
    return Done(set_up.place, _("The domain was removed."))


HEADINGS = {
    State.OFFERED: N_("Offer single sign-on?"),
    State.REQUIRED: N_("Require single sign-on?"),
    State.TESTED: N_("Turn single sign-on off?"),
}
NOTES = {
    State.OFFERED: N_(
        "People who enter an address of these domains are led to the provider. They can still sign"
        " in with user code and password."
    ),
    State.REQUIRED: N_(
        "Passwords of people of these domains no longer count, except for the owners above."
        " Everyone who signed in by password is signed out."
    ),
    State.TESTED: N_(
        "Everyone who signed in through the provider is signed out and needs their password."
    ),
}


async def _state_state(find: Find, context: Context, payload: StateChange) -> Statement:
    set_up = await find_subject(find, context, payload)
    seen = set_up.seen
    if payload.state not in seen.next_states:
        raise NotFoundException
    exceptions = [each.name for each in seen.owners if each.excepted and each.second_factor]
    return Statement(
        heading=_(HEADINGS[payload.state]),
        facts=[
            _company(seen),
            (_("Domains"), ", ".join(each.domain for each in seen.domains) or _("None")),
            (_("Owners who keep a password"), ", ".join(exceptions) or _("None")),
        ],
        back=set_up.place,
        notes=[_(NOTES[payload.state])],
    )


async def _change_state(find: Find, context: Context, payload: StateChange) -> Done:
    set_up = await find_subject(find, context, payload)
    await changes.change_state(
        payload.company,
        payload.state,
        revision=payload.revision,
        actor=context.viewer.id,
        contract=set_up.contract_id,
    )
    state = _(STATE_NAMES[payload.state])
    return Done(set_up.place, _("Single sign-on is now: %(state)s", state=state))


async def _state_exception(find: Find, context: Context, payload: ExceptionChange) -> Statement:
    set_up = await find_subject(find, context, payload)
    seen = set_up.seen
    owner = next((each for each in seen.owners if each.id == str(payload.user)), None)
    if owner is None or not seen.connection:
        raise NotFoundException
    kept = _("They sign in with user code, password and second factor. All owners get an email.")
    return Statement(
        heading=_("Let this owner keep the password?")
        if payload.keep
        else _("End this owner's exception?"),
        facts=[_company(seen), (_("Owner"), owner.name)],
        back=set_up.place,
        notes=[kept] if payload.keep else [],
    )


async def _change_exception(find: Find, context: Context, payload: ExceptionChange) -> Done:
    set_up = await find_subject(find, context, payload)
    await changes.set_exception(
        payload.company,
        payload.user,
        keep=payload.keep,
        actor=context.viewer.id,
        contract=set_up.contract_id,
    )
    return Done(set_up.place, _("The owners who keep a password were changed."))


TOO_FEW = Refusal(
    "form",
    N_(
        "Let at least two owners with a second factor keep their password, so that someone can sign"
        " in when the provider is down."
    ),
    changes.TooFewExceptions,
)
DOMAIN_TAKEN = Refusal(
    "domain",
    N_("This domain already belongs to a company's single sign-on."),
    asyncpg.UniqueViolationError,
)
REFUSALS = {
    "too-few-exceptions": TOO_FEW,
    "no-domain": Refusal("form", N_("Add a domain first."), changes.NoDomain),
    "not-possible-now": Refusal(
        "form", N_("Single sign-on has another status by now."), changes.NotPossibleNow
    ),
    "not-owner": Refusal(
        "form",
        N_("This person is no longer an owner of the company's contracts."),
        changes.NotOwner,
    ),
    "domain-taken": DOMAIN_TAKEN,
}


class SetUpActs(NamedTuple):
    """What can be confirmed about a company's single sign-on, of one door."""

    connection: Act[ConnectionEntry]
    domain_removal: Act[DomainRemoval]
    state: Act[StateChange]
    exception: Act[ExceptionChange]


def make_acts(name: str, find: Find, may: Callable[[Viewer], None]) -> SetUpActs:
    """Return the acts of a door: the console's, or that of the owners.

    Args:
        name: what their names begin with.
        find: looks the company up for the person who confirms.
        may: what `Act.may` is.
    """

    def act(end: str, payload: type[Any], state: Any, perform: Any) -> Act[Any]:
        return Act(
            f"{name}{end}", payload, partial(state, find), partial(perform, find), REFUSALS, may
        )

    return SetUpActs(
        act("", ConnectionEntry, _state_connection, _save_connection),
        act("-domain-removal", DomainRemoval, _state_removal, _remove_domain),
        act("-state", StateChange, _state_state, _change_state),
        act("-exception", ExceptionChange, _state_exception, _change_exception),
    )


async def find_own(viewer: Viewer, _company: UUID, number: str) -> SetUp:
    """Look up the company of an owner's contract.

    Raises:
        NotFoundException: the owner may not change its single sign-on.
    """
    return await find_own_set_up(viewer, number)


OWN = make_acts("own-single-sign-on", find_own, require_proof)
CONNECTION, DOMAIN_REMOVAL, STATE, EXCEPTION = OWN

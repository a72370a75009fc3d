"""What administrators confirm about a company's single sign-on."""

from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Statement
from app.single_sign_on import connection_services as changes
from app.single_sign_on.queries import SeenSingleSignOn, see_single_sign_on
from app.single_sign_on.rules import STATE_NAMES, State
from app.single_sign_on.values import ConnectionValues, DomainValues
from app.staff.access import requires
from app.staff.rules import Permission
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.values import facts


def url(company: UUID) -> str:
    """Return the path of the page of a company's single sign-on."""
    return f"/staff/companies/{company}/single-sign-on"


class ConnectionEntry(Entry[ConnectionValues], frozen=True):
    """Issuer and client of a company's provider."""

    company: UUID


class DomainEntry(Entry[DomainValues], frozen=True):
    """A domain more."""

    company: UUID


class DomainRemoval(Payload, frozen=True):
    """A domain less."""

    company: UUID
    domain: UUID


class StateChange(Payload, frozen=True):
    """Whether single sign-on is offered, required or turned off."""

    company: UUID
    state: State
    revision: int


class ExceptionChange(Payload, frozen=True):
    """Whether an owner keeps the password."""

    company: UUID
    user: UUID
    keep: bool


async def provide_single_sign_on(company: UUID) -> SeenSingleSignOn:
    """Return the single sign-on of a company.

    Raises:
        NotFoundException: there is no such company.
    """
    found = await see_single_sign_on(company)
    if found is None:
        raise NotFoundException
    return found


def _company(seen: SeenSingleSignOn) -> tuple[str, str]:
    return _("Company"), seen.name


async def _state_connection(_context: Context, payload: ConnectionEntry) -> Statement:
    seen = await provide_single_sign_on(payload.company)
    again = _(
        "Single sign-on is turned off until an owner has tested it again, and people link their"
        " accounts again."
    )
    return Statement(
        heading=_("Use this identity provider?"),
        facts=[_company(seen), *facts(payload.values)],
        back=url(seen.id),
        warning=again if seen.tested_at else "",
    )


async def _save_connection(context: Context, payload: ConnectionEntry) -> Done:
    await changes.save_connection(
        payload.company,
        values=payload.values,
        revision=payload.revision,
        actor=context.viewer.id,
    )
    return Done(url(payload.company), _("The identity provider was saved."))


async def _state_domain(_context: Context, payload: DomainEntry) -> Statement:
    seen = await provide_single_sign_on(payload.company)
    return Statement(
        heading=_("Add this domain?"),
        facts=[_company(seen), *facts(payload.values)],
        back=f"{url(seen.id)}/domains/new",
        notes=[_("The company's provider can then sign in everyone with such an address.")],
    )


async def _add_domain(context: Context, payload: DomainEntry) -> Done:
    await changes.add_domain(payload.company, values=payload.values, actor=context.viewer.id)
    return Done(
        url(payload.company), _("The domain %(domain)s was added.", domain=payload.values.domain)
    )


async def _state_removal(_context: Context, payload: DomainRemoval) -> Statement:
    seen = await provide_single_sign_on(payload.company)
    names = [each.domain for each in seen.domains if each.id == str(payload.domain)]
    if not names:
        raise NotFoundException
    return Statement(
        heading=_("Remove this domain?"),
        facts=[_company(seen), (_("Domain"), names[0])],
        back=url(seen.id),
        notes=[_("People with an address of this domain are signed out and need their password.")],
        danger=True,
    )


async def _remove_domain(context: Context, payload: DomainRemoval) -> Done:
    await changes.remove_domain(payload.company, payload.domain, actor=context.viewer.id)
    return Done(url(payload.company), _("The domain was removed."))


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


async def _state_state(_context: Context, payload: StateChange) -> Statement:
    seen = await provide_single_sign_on(payload.company)
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
        back=url(seen.id),
        notes=[_(NOTES[payload.state])],
    )


async def _change_state(context: Context, payload: StateChange) -> Done:
    await changes.change_state(
        payload.company,
        payload.state,
        revision=payload.revision,
        actor=context.viewer.id,
    )
    state = _(STATE_NAMES[payload.state])
    return Done(url(payload.company), _("Single sign-on is now: %(state)s", state=state))


async def _state_exception(_context: Context, payload: ExceptionChange) -> Statement:
    seen = await provide_single_sign_on(payload.company)
    owner = next((each for each in seen.owners if each.id == str(payload.user)), None)
    if owner is None or not seen.connection:
        raise NotFoundException
    kept = _("They sign in with user code, password and second factor. All owners get an email.")
    return Statement(
        heading=_("Let this owner keep the password?")
        if payload.keep
        else _("End this owner's exception?"),
        facts=[_company(seen), (_("Owner"), owner.name)],
        back=url(seen.id),
        notes=[kept] if payload.keep else [],
    )


async def _change_exception(context: Context, payload: ExceptionChange) -> Done:
    await changes.set_exception(
        payload.company,
        payload.user,
        keep=payload.keep,
        actor=context.viewer.id,
    )
    return Done(url(payload.company), _("The owners who keep a password were changed."))


TOO_FEW = Refusal(
    "form",
    N_(
        "Let at least two owners with a second factor keep their password, so that someone can sign"
        " in when the provider is down."
    ),
    changes.TooFewExceptions,
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
    "domain-taken": Refusal(
        "domain",
        N_("This domain already belongs to a company's single sign-on."),
        asyncpg.UniqueViolationError,
    ),
}
CHANGE = requires(Permission.SINGLE_SIGN_ON_CHANGE)
CONNECTION = Act("single-sign-on", ConnectionEntry, _state_connection, _save_connection, may=CHANGE)
DOMAIN = Act("single-sign-on-domain", DomainEntry, _state_domain, _add_domain, REFUSALS, CHANGE)
DOMAIN_REMOVAL = Act(
    "single-sign-on-domain-removal", DomainRemoval, _state_removal, _remove_domain, REFUSALS, CHANGE
)
STATE = Act("single-sign-on-state", StateChange, _state_state, _change_state, REFUSALS, CHANGE)
EXCEPTION = Act(
    "single-sign-on-exception",
    ExceptionChange,
    _state_exception,
    _change_exception,
    REFUSALS,
    CHANGE,
)

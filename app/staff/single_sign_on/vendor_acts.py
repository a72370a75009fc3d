"""What administrators confirm about the sign-in of staff through the vendor's own provider."""

from uuid import UUID

from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Statement
from app.single_sign_on import acts as company_acts
from app.single_sign_on import connection_services as changes
from app.single_sign_on import vendor_services
from app.single_sign_on.rules import STATE_NAMES, State
from app.single_sign_on.strength_rules import METHODS
from app.single_sign_on.values import DomainValues, VendorConnectionValues
from app.single_sign_on.vendor_queries import SeenStaffSingleSignOn, see_staff_single_sign_on
from app.staff.access import requires
from app.staff.rules import Permission
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.values import Choices, facts

URL = "/staff/single-sign-on"


class ConnectionEntry(Entry[VendorConnectionValues], frozen=True):
    """Issuer and client of the vendor's provider, and its second factors that count."""


class DomainEntry(Entry[DomainValues], frozen=True):
    """A domain more."""


class DomainRemoval(Payload, frozen=True):
    """A domain less."""

    domain: UUID


class StateChange(Payload, frozen=True):
    """Whether single sign-on is offered to staff, required or turned off."""

    state: State
    revision: int


class ExceptionChange(Payload, frozen=True):
    """Whether an administrator keeps the password."""

    user: UUID
    keep: bool


def method_choices() -> Choices:
    """Return the second factors that may count, as the form offers them."""
    return {"amr": {value: _(text) for value, text in METHODS.items()}}


async def provide_connected() -> SeenStaffSingleSignOn:
    """Return staff's single sign-on where issuer and client are entered.

    Raises:
        NotFoundException: they are not.
    """
    seen = await see_staff_single_sign_on()
    if seen.connection is None:
        raise NotFoundException
    return seen


async def _state_connection(_context: Context, payload: ConnectionEntry) -> Statement:
    seen, values = await see_staff_single_sign_on(), payload.values
    again = (seen.issuer, seen.client_id) != (values.issuer, values.client_id)
    return Statement(
        heading=_("Use this identity provider for staff?"),
        facts=facts(values, method_choices()),
        back=URL,
        warning=_(
            "Single sign-on is turned off until an administrator has tested it again, and staff"
            " link their accounts again."
        )
        if seen.tested_at and again
        else "",
    )


async def _save_connection(context: Context, payload: ConnectionEntry) -> Done:
    await vendor_services.save_vendor_connection(
        values=payload.values, revision=payload.revision, actor=context.viewer.id
    )
    return Done(URL, _("The identity provider was saved."))


async def _state_domain(_context: Context, payload: DomainEntry) -> Statement:
    await provide_connected()
    return Statement(
        heading=_("Add this domain?"),
        facts=facts(payload.values),
        back=f"{URL}/domains/new",
        notes=[
            _(
                "Everyone who enters such an address at the sign-in page is led to the vendor's"
                " provider. Customers with such an address sign in with their user code."
            )
        ],
    )


async def _add_domain(context: Context, payload: DomainEntry) -> Done:
    await changes.add_domain(None, values=payload.values, actor=context.viewer.id)
    return Done(URL, _("The domain %(domain)s was added.", domain=payload.values.domain))


async def _state_removal(_context: Context, payload: DomainRemoval) -> Statement:
    seen = await provide_connected()
    names = [each.domain for each in seen.domains if each.id == str(payload.domain)]
    if not names:
        raise NotFoundException
    return Statement(
        heading=_("Remove this domain?"),
        facts=[(_("Domain"), names[0])],
        back=URL,
        notes=[_("Staff with an address of this domain who signed in that way are signed out.")],
        danger=True,
    )


async def _remove_domain(context: Context, payload: DomainRemoval) -> Done:
    await changes.remove_domain(None, payload.domain, actor=context.viewer.id)
    return Done(URL, _("The domain was removed."))


HEADINGS = {
    State.OFFERED: N_("Offer single sign-on to staff?"),
    State.REQUIRED: N_("Require single sign-on of staff?"),
    State.TESTED: N_("Turn single sign-on of staff off?"),
}
NOTES = {
    State.OFFERED: N_(
        "Staff who enter an address of these domains are led to the provider. They can still sign"
        " in with user code and password."
    ),
    State.REQUIRED: N_(
        "Passwords of staff no longer count, except for the administrators above. All staff who"
        " signed in by password are signed out, perhaps you too."
    ),
    State.TESTED: N_(
        "All staff who signed in through the provider are signed out, perhaps you too. They need"
        " their password."
    ),
}


async def _state_state(_context: Context, payload: StateChange) -> Statement:
    seen = await provide_connected()
    if payload.state not in seen.next_states:
        raise NotFoundException
    kept = [each.name for each in seen.administrators if each.excepted and each.second_factor]
    outside = seen.outside if payload.state is State.REQUIRED else 0
    return Statement(
        heading=_(HEADINGS[payload.state]),
        facts=[
            (_("Domains"), ", ".join(each.domain for each in seen.domains) or _("None")),
            (_("Administrators who keep a password"), ", ".join(kept) or _("None")),
        ],
        back=URL,
        notes=[_(NOTES[payload.state])],
        warning=_(
            "Staff with an address of another domain: %(n)s. They will no longer be able to sign"
            " in.",
            n=outside,
        )
        if outside
        else "",
    )


async def _change_state(context: Context, payload: StateChange) -> Done:
    await changes.change_state(
        None, payload.state, revision=payload.revision, actor=context.viewer.id
    )
    return Done(URL, _("Single sign-on is now: %(state)s", state=_(STATE_NAMES[payload.state])))


async def _state_exception(_context: Context, payload: ExceptionChange) -> Statement:
    seen = await provide_connected()
    name = next((each.name for each in seen.administrators if each.id == str(payload.user)), None)
    if name is None:
        raise NotFoundException
    kept = _(
        "They sign in with user code, password and second factor. All administrators get an email"
        " each time."
    )
    return Statement(
        heading=_("Let this administrator keep the password?")
        if payload.keep
        else _("End this administrator's exception?"),
        facts=[(_("Administrator"), name)],
        back=URL,
        notes=[kept] if payload.keep else [],
    )


async def _change_exception(context: Context, payload: ExceptionChange) -> Done:
    await changes.set_exception(None, payload.user, keep=payload.keep, actor=context.viewer.id)
    return Done(URL, _("The administrators who keep a password were changed."))


REFUSALS = {
    **company_acts.REFUSALS,
    "too-few-exceptions": Refusal(
        "form",
        N_(
            "Let at least two administrators with a second factor keep their password, so that"
            " someone can sign in when the provider is down."
        ),
        changes.TooFewExceptions,
    ),
    "not-owner": Refusal(
        "form", N_("This person is no longer an administrator."), changes.NotOwner
    ),
}
CHANGE = requires(Permission.SINGLE_SIGN_ON_CHANGE)
CONNECTION = Act(
    "staff-single-sign-on", ConnectionEntry, _state_connection, _save_connection, may=CHANGE
)
DOMAIN = Act(
    "staff-single-sign-on-domain", DomainEntry, _state_domain, _add_domain, REFUSALS, CHANGE
)
DOMAIN_REMOVAL = Act(
    "staff-single-sign-on-domain-removal",
    DomainRemoval,
    _state_removal,
    _remove_domain,
    REFUSALS,
    CHANGE,
)
STATE = Act(
    "staff-single-sign-on-state", StateChange, _state_state, _change_state, REFUSALS, CHANGE
)
EXCEPTION = Act(
    "staff-single-sign-on-exception",
    ExceptionChange,
    _state_exception,
    _change_exception,
    REFUSALS,
    CHANGE,
)

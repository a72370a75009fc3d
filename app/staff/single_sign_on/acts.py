"""What administrators confirm about a company's single sign-on."""

from uuid import UUID

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Entry, Payload, Statement
from app.provisioning.acts import make_token_acts
from app.single_sign_on import connection_services as changes
from app.single_sign_on.access import SetUp, find_set_up
from app.single_sign_on.acts import REFUSALS, make_acts
from app.single_sign_on.default_acts import make_default_act
from app.single_sign_on.delegation_services import delegate
from app.single_sign_on.values import DomainValues
from app.staff.access import requires
from app.staff.rules import Permission
from app.web.i18n import gettext as _
from app.web.values import facts


class DomainEntry(Entry[DomainValues], frozen=True, kw_only=True):
    """A domain that staff know to be the company's."""

    company: UUID


class Delegation(Payload, frozen=True):
    """Whether owners of a company may set single sign-on up."""

    company: UUID
    allowed: bool


async def find(company: UUID) -> SetUp:
    """Return the single sign-on of a company.

    Raises:
        NotFoundException: there is no such company.
    """
    return await find_set_up(company, f"/staff/companies/{company}/single-sign-on")


async def _find(_viewer: Viewer, company: UUID, _number: str) -> SetUp:
    return await find(company)


async def _state_domain(_context: Context, payload: DomainEntry) -> Statement:
    found = await find(payload.company)
    return Statement(
        heading=_("Add this domain?"),
        facts=[(_("Company"), found.seen.name), *facts(payload.values)],
        back=f"{found.place}/domains/new",
        notes=[_("The company's provider can then sign in everyone with such an address.")],
    )


async def _add_domain(context: Context, payload: DomainEntry) -> Done:
    await changes.add_domain(payload.company, values=payload.values, actor=context.viewer.id)
    found = await find(payload.company)
    return Done(found.place, _("The domain %(domain)s was added.", domain=payload.values.domain))


async def _state_delegation(_context: Context, payload: Delegation) -> Statement:
    found = await find(payload.company)
    return Statement(
        heading=_("Let the owners manage single sign-on?")
        if payload.allowed
        else _("Stop owners from managing single sign-on?"),
        facts=[(_("Company"), found.seen.name)],
        back=found.place,
        notes=[
            _(
                "All owners of this company's contracts can then change the identity provider,"
                " verify domains by DNS, and require single sign-on."
            )
            if payload.allowed
            else _("The settings stay as they are. Only administrators can change them then.")
        ],
    )


async def _delegate(context: Context, payload: Delegation) -> Done:
    found = await find(payload.company)
    await delegate(payload.company, allowed=payload.allowed, actor=context.viewer.id)
    return Done(
        found.place,
        _("Owners can now manage single sign-on.")
        if payload.allowed
        else _("Owners can no longer manage single sign-on."),
    )


CHANGE = requires(Permission.SINGLE_SIGN_ON_CHANGE)
ACTS = make_acts("single-sign-on", _find, CHANGE)
CONNECTION, DOMAIN_REMOVAL, STATE, EXCEPTION = ACTS
DOMAIN = Act("single-sign-on-domain", DomainEntry, _state_domain, _add_domain, REFUSALS, CHANGE)
DEFAULTS = make_default_act("single-sign-on", _find, CHANGE)
DELEGATION = Act("single-sign-on-delegation", Delegation, _state_delegation, _delegate, may=CHANGE)
PROVISIONING = make_token_acts("provisioning", _find, CHANGE)
TOKEN, TOKEN_REVOCATION = PROVISIONING

"""What the staff confirm about contracts: creating, amending, renewing."""

from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.confirmations.acts import Act, Context, Done, Entry, Refusal, Refused, Statement
from app.contracts import contract_services, services
from app.contracts.contract_values import (
    ContractAmendmentValues,
    ContractFacts,
    ContractValues,
    RenewalValues,
)
from app.contracts.rules import NamedContract, Role
from app.people.invitation_services import InvitationRefused, invite_by_staff
from app.people.rules import INVITATION_LASTS, AddressProblem
from app.products.amendment_services import renew_contract
from app.products.rules import product_name
from app.staff.access import requires
from app.staff.companies.queries import SeenCompany, find_company
from app.staff.contracts import queries
from app.staff.contracts.queries import ContractHead
from app.staff.contracts.values import OwnerValues
from app.staff.external_id_acts import external_id_refusal
from app.staff.rules import Permission
from app.web.i18n import LANGUAGE_NAMES, N_, day, number
from app.web.i18n import gettext as _
from app.web.values import Choices, Values, facts, from_attributes

CONTRACTS_URL = "/staff/contracts"


class Creation(Entry[ContractValues], frozen=True):
    """A new contract of a company."""

    company: UUID


class Amendment(Entry[ContractAmendmentValues], frozen=True):
    """Other facts of a contract."""

    contract: str


class Renewal(Entry[RenewalValues], frozen=True):
    """A later last day of a contract."""

    contract: str


async def find_contract(number: str) -> ContractHead:
    """Return the contract with this number.

    Raises:
        NotFoundException: there is none.
    """
    contract = await queries.find_head(number)
    if contract is None:
        raise NotFoundException
    return contract


async def _find_company(id: UUID) -> SeenCompany:
    company = await find_company(id)
    if company is None:
        raise NotFoundException
    return company


def creation_choices() -> Choices:
    """Return what the fields of a new contract offer."""
    types = {"term": _("Term license"), "subscription": _("Subscription")}
    return {"license_type": types, "owner_language": LANGUAGE_NAMES}


def reason_note() -> str:
    """Return what becomes of the reason, and when the change is made."""
    return _(
        "The change takes effect immediately. The contract's members can see the reason and"
        " the effective date in the change history."
    )


def change(label: str, before: str, after: str) -> tuple[str, str]:
    """Return a line of a statement: what it is, or what it was and what it becomes."""
    return (label, after if before == after else f"{before} → {after}")


def changes(before: Values, after: Values) -> list[tuple[str, str]]:
    """Return what a form has, beside what it was where it was something else."""
    shown = dict(facts(before))
    return [change(label, shown.get(label, text), text) for label, text in facts(after)]


def invitation_facts(values: ContractValues | OwnerValues) -> list[tuple[str, str]]:
    """Return who is invited to own the contract, if there is one."""
    if not values.owner_email:
        return []
    language = LANGUAGE_NAMES[values.owner_language]
    return [(_("First owner"), values.owner_email), (_("Language"), language)]


def invitation_notes(values: ContractValues | OwnerValues) -> list[str]:
    """Return what the invited owner gets, if there is one."""
    if not values.owner_email:
        return []
    lasts = _(
        "The owner receives an email with a link. The link works once and expires after"
        " %(days)s days.",
        days=INVITATION_LASTS.days,
    )
    return [lasts]


async def _state_creation(_context: Context, payload: Creation) -> Statement:
    company, values = await _find_company(payload.company), payload.values
    choices = {**creation_choices(), "owner_email": {}, "owner_language": {}}
    return Statement(
        heading=_("Create this contract?"),
        facts=[
            (_("Company"), company.name),
            *facts(values, choices),
            *invitation_facts(values),
        ],
        back=f"/staff/companies/{company.id}/contracts/new",
        notes=invitation_notes(values),
        warning=""
        if values.owner_email
        else _("No one is invited. Customers cannot see this contract until it has an owner."),
    )


async def _create(context: Context, payload: Creation) -> Done:
    company, values = await _find_company(payload.company), payload.values
    id = await services.create_contract(
        number=values.number,
        name=values.name,
        company=company.id,
        starts_on=values.starts_on,
        ends_on=values.ends_on,
        license_type=values.license_type,
        time_zone=values.time_zone,
        sales=(values.sales_name, values.sales_email, values.sales_phone),
        external_id=values.external_id,
        emergency_files=values.emergency_files,
        actor=context.viewer.id,
    )
    contract = NamedContract(id, values.number, values.name, company.name)
    if values.owner_email:
        await _invite(context, contract, values)
    return Done(
        f"{CONTRACTS_URL}/{values.number}",
        _("The contract %(name)s was created.", name=values.name),
    )


async def _invite(context: Context, contract: NamedContract, values: ContractValues) -> None:
    try:
        await invite_by_staff(
            context.settings,
            contract=contract,
            email=values.owner_email,
            role=Role.OWNER,
            language=values.owner_language,
            actor=context.viewer,
        )
    except InvitationRefused as error:
        raise not_invited(error) from None


def not_invited(error: InvitationRefused) -> Refused:
    """Return the refusal of an act that invites one address."""
    return Refused(next(iter(error.problems.values())))


async def _state_amendment(_context: Context, payload: Amendment) -> Statement:
    contract = await find_contract(payload.contract)
    return Statement(
        heading=_("Amend this contract?"),
        facts=[
            (_("Contract number"), contract.number),
            *changes(from_attributes(ContractFacts, contract), payload.values),
        ],
        back=f"{contract.url}/amendment",
        notes=[
            reason_note(),
            _(
                "The dates of contracted products do not change. To change both, renew the"
                " contract."
            ),
        ],
    )


async def _amend(context: Context, payload: Amendment) -> Done:
    contract, values = await find_contract(payload.contract), payload.values
    await contract_services.amend_contract(
        contract.id, values=values, revision=payload.revision, actor=context.viewer.id
    )
    return Done(contract.url, _("The contract %(name)s was amended.", name=values.name))


async def _state_renewal(_context: Context, payload: Renewal) -> Statement:
    contract = await find_contract(payload.contract)
    before, after = day(contract.ends_on), day(payload.values.ends_on)
    ending = await queries.list_ending_with(contract.id, contract.ends_on)
    rows = [(f"{product_name(each)} ({number(each.quantity)})", before, after) for each in ending]
    (last_day, _after), *reason = facts(payload.values)
    return Statement(
        heading=_("Renew this contract?"),
        facts=[(_("Contract"), contract.title), change(last_day, before, after), *reason],
        back=f"{contract.url}/renewal",
        notes=[reason_note()],
        changes=(_("Products renewed with the contract"), rows) if rows else None,
    )


async def _renew(context: Context, payload: Renewal) -> Done:
    contract = await find_contract(payload.contract)
    if payload.values.ends_on <= contract.ends_on and payload.revision == contract.revision:
        raise Refused("not-later")
    await renew_contract(
        contract.id, values=payload.values, revision=payload.revision, actor=context.viewer.id
    )
    return Done(contract.url, _("The contract %(name)s was renewed.", name=contract.name))


NOT_INVITED: dict[str, Refusal] = {
    AddressProblem.MEMBER: Refusal(
        "owner_email", N_("This email address already belongs to a member of the contract.")
    ),
    AddressProblem.INVITED: Refusal(
        "owner_email", N_("This email address has already been invited. Resend that invitation.")
    ),
}
TAKEN = external_id_refusal("contract")
CHANGE = requires(Permission.CONTRACTS_CHANGE)
NUMBER_TAKEN = Refusal(
    "number",
    N_("This contract number is already in use. Enter a different number."),
    asyncpg.UniqueViolationError,
)
CREATION = Act(
    "contract-creation",
    Creation,
    _state_creation,
    _create,
    {**TAKEN, "number-taken": NUMBER_TAKEN, **NOT_INVITED},
    may=CHANGE,
)
AMENDMENT = Act("contract-amendment", Amendment, _state_amendment, _amend, TAKEN, may=CHANGE)
NOT_LATER = Refusal(
    "ends_on",
    N_(
        "Enter a last day after the current one. To shorten the contract, use “Amend the contract”."
    ),
)
RENEWAL = Act(
    "contract-renewal",
    Renewal,
    _state_renewal,
    _renew,
    {"not-later": NOT_LATER},
    may=CHANGE,
)

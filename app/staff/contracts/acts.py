"""What the staff confirm about contracts: creating, amending, renewing, and who owns them."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from litestar.exceptions import NotFoundException

from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Context, Done, Loose, Refused, Statement
from app.contracts import contract_services, services
from app.contracts.contract_services import Reason
from app.contracts.rules import NamedContract, Role
from app.database import Changed, Gone, Record
from app.people.invitation_services import InvitationRefused, invite_by_staff
from app.people.rules import INVITATION_LASTS
from app.products.amendment_services import renew_contract
from app.products.rules import product_name_in
from app.settings import Settings
from app.staff.access import require
from app.staff.companies import queries as company_queries
from app.staff.contracts import queries
from app.staff.rules import Permission
from app.web.i18n import LANGUAGE_NAMES, day, number
from app.web.i18n import gettext as _

CONTRACTS_URL = "/staff/contracts"


def contract_url(number: str) -> str:
    """Path of a contract's page in the console."""
    return f"{CONTRACTS_URL}/{number}"


def as_day(payload: Loose, name: str) -> date:
    """A date of a payload."""
    return date.fromisoformat(payload[name])


def reason_of(payload: Loose) -> Reason:
    """The reason of a payload."""
    return Reason(payload["reason"], as_day(payload, "effective_on"))


def reason_facts(payload: Loose) -> list[tuple[str, str]]:
    """The reason, as a statement shows it."""
    return [
        (_("Reason for the change"), payload["reason"]),
        (_("Date of effect"), day(as_day(payload, "effective_on"))),
    ]


def reason_note() -> str:
    """What becomes of the reason, and when the change is made."""
    return _(
        "The change is made at once. The contract's history shows its people the reason and the"
        " date of effect."
    )


async def changeable(viewer: Viewer, payload: Loose) -> Record:
    """The contract of a payload, for those who may change contracts.

    Raises:
        NotFoundException: there is none, or they may not.
    """
    require(viewer, Permission.CONTRACTS_CHANGE)
    contract = await queries.find_head(payload["contract"])
    if contract is None:
        raise NotFoundException
    return contract


def change(label: str, before: str, after: str) -> tuple[str, str]:
    """A line of a statement: what it is, or what it was and what it becomes."""
    return (label, after if before == after else f"{before} → {after}")


def invitation_facts(payload: Loose) -> list[tuple[str, str]]:
    """Who is invited to own the contract, if somebody is."""
    if not payload["owner_email"]:
        return []
    language = LANGUAGE_NAMES[payload["owner_language"]]
    return [(_("First owner"), payload["owner_email"]), (_("Language"), language)]


def invitation_notes(payload: Loose) -> list[str]:
    """What the invited owner gets, if somebody is invited."""
    if not payload["owner_email"]:
        return []
    lasts = _(
        "The owner gets a mail with a link, which can be used once, within %(days)s days.",
        days=INVITATION_LASTS.days,
    )
    return [lasts]


async def _state_creation(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.CONTRACTS_CHANGE)
    company = await company_queries.find_company(UUID(payload["company"]))
    if company is None:
        raise NotFoundException
    return Statement(
        heading=_("Create this contract?"),
        facts=[
            (_("Company"), company.name),
            (_("Contract number"), payload["number"]),
            (_("Contract name"), payload["name"]),
            (_("License type"), _license_type(payload["license_type"])),
            (_("First day"), day(as_day(payload, "starts_on"))),
            (_("Last usable day"), f"{day(as_day(payload, 'ends_on'))} {payload['time_zone']}"),
            (_("Sales contact"), _sales(payload)),
            *invitation_facts(payload),
        ],
        back=f"/staff/companies/{company.id}/contracts/new",
        notes=invitation_notes(payload),
        warning=""
        if payload["owner_email"]
        else _("Nobody is invited: until there is an owner, no customer sees this contract."),
    )


def _license_type(name: str) -> str:
    return _("Term license") if name == "term" else _("Subscription")


def _sales(values: Any) -> str:
    return f"{values['sales_name']} · {values['sales_email']} · {values['sales_phone']}"


async def _create(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.CONTRACTS_CHANGE)
    company = await company_queries.find_company(UUID(payload["company"]))
    if company is None:
        raise NotFoundException
    try:
        id = await services.create_contract(
            number=payload["number"],
            name=payload["name"],
            company=company.id,
            starts_on=as_day(payload, "starts_on"),
            ends_on=as_day(payload, "ends_on"),
            license_type=payload["license_type"],
            time_zone=payload["time_zone"],
            sales=(payload["sales_name"], payload["sales_email"], payload["sales_phone"]),
            actor=context.viewer.id,
        )
    except asyncpg.UniqueViolationError:
        raise Refused("number-taken") from None
    contract = NamedContract(id, payload["number"], payload["name"], company.name)
    if payload["owner_email"]:
        await _invite(context.settings, context.viewer, contract, payload)
    return Done(
        contract_url(payload["number"]),
        _("The contract %(name)s was created.", name=payload["name"]),
    )


async def _invite(
    settings: Settings, viewer: Viewer, contract: NamedContract, payload: Loose
) -> None:
    try:
        await invite_by_staff(
            settings,
            contract=contract,
            email=payload["owner_email"],
            role=Role.OWNER,
            language=payload["owner_language"],
            actor=viewer,
        )
    except InvitationRefused as refused:
        raise Refused(refused.problems[payload["owner_email"]].value) from None


async def _state_amendment(context: Context, payload: Loose) -> Statement:
    contract = await changeable(context.viewer, payload)
    starts_on, ends_on = as_day(payload, "starts_on"), as_day(payload, "ends_on")
    return Statement(
        heading=_("Amend this contract?"),
        facts=[
            (_("Contract number"), contract["number"]),
            change(_("Contract name"), contract["name"], payload["name"]),
            change(_("First day"), day(contract["starts_on"]), day(starts_on)),
            change(_("Last usable day"), day(contract["ends_on"]), day(ends_on)),
            change(_("Sales contact"), _sales(contract), _sales(payload)),
            *reason_facts(payload),
        ],
        back=f"{contract_url(contract['number'])}/amendment",
        notes=[
            reason_note(),
            _("Contracted products keep their own dates; a renewal moves both."),
        ],
    )


async def _amend(context: Context, payload: Loose) -> Done:
    contract = await changeable(context.viewer, payload)
    try:
        await contract_services.amend_contract(
            contract["id"],
            name=payload["name"],
            starts_on=as_day(payload, "starts_on"),
            ends_on=as_day(payload, "ends_on"),
            sales=(payload["sales_name"], payload["sales_email"], payload["sales_phone"]),
            revision=payload["revision"],
            reason=reason_of(payload),
            actor=context.viewer.id,
        )
    except (Changed, Gone):
        raise Refused("changed-meanwhile") from None
    return Done(
        contract_url(contract["number"]),
        _("The contract %(name)s was amended.", name=payload["name"]),
    )


async def _state_renewal(context: Context, payload: Loose) -> Statement:
    contract = await changeable(context.viewer, payload)
    before, after = day(contract["ends_on"]), day(as_day(payload, "ends_on"))
    ending = await queries.list_ending_with(contract["id"], contract["ends_on"])
    rows = [
        (f"{product_name_in(row)} ({number(row['quantity'])})", before, after) for row in ending
    ]
    return Statement(
        heading=_("Renew this contract?"),
        facts=[
            (_("Contract"), f"{contract['name']} ({contract['number']})"),
            change(_("Last usable day"), before, after),
            *reason_facts(payload),
        ],
        back=f"{contract_url(contract['number'])}/renewal",
        notes=[reason_note()],
        changes=(_("Products that are renewed with it"), rows) if rows else None,
    )


async def _renew(context: Context, payload: Loose) -> Done:
    contract = await changeable(context.viewer, payload)
    try:
        await renew_contract(
            contract["id"],
            ends_on=as_day(payload, "ends_on"),
            revision=payload["revision"],
            reason=reason_of(payload),
            actor=context.viewer.id,
        )
    except (Changed, Gone):
        raise Refused("changed-meanwhile") from None
    return Done(
        contract_url(contract["number"]),
        _("The contract %(name)s was renewed.", name=contract["name"]),
    )


AMENDMENT = Act("contract-amendment", Loose, _state_amendment, _amend)
RENEWAL = Act("contract-renewal", Loose, _state_renewal, _renew)


CREATION = Act("contract-creation", Loose, _state_creation, _create)

"""Changes of companies, contracts and memberships, as the vendor makes them."""

from datetime import date
from typing import Any
from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.contract_services import ChangeKind, Reason, note_change
from app.contracts.contract_values import EMERGENCY_FILES
from app.contracts.rules import Role
from app.contracts.tables import Company, Contract, CorporateGroup, Membership
from app.database import unit_of_work
from app.days import JAPAN


async def create_corporate_group(name: str, *, actor: UUID | None) -> UUID:
    """Make a corporate group, whose companies can be offered to each other."""
    group = CorporateGroup(name=name)
    async with unit_of_work():
        await CorporateGroup.insert(group)
        await record("corporate-group-creation", actor=actor, subject=group.id)
    return group.id


def named_outside(external_id: str | None) -> dict[str, Any]:
    """Return what the audit event of a new thing says of its external id, if it has one."""
    return {"external_id": external_id} if external_id else {}


async def create_company(
    name: str,
    reading: str,
    *,
    corporate_group: UUID | None = None,
    external_id: str | None = None,
    actor: UUID | None,
) -> UUID:
    """Make a company. `reading` is its name in kana, for search and order."""
    company = Company(
        name=name, reading=reading, corporate_group=corporate_group, external_id=external_id
    )
    async with unit_of_work():
        await Company.insert(company)
        await record(
            "company-creation", actor=actor, subject=company.id, **named_outside(external_id)
        )
    return company.id


async def create_contract(
    *,
    number: str,
    name: str,
    company: UUID,
    starts_on: date,
    ends_on: date,
    license_type: str = "term",
    time_zone: str = JAPAN,
    sales: tuple[str, str, str],
    external_id: str | None = None,
    emergency_files: int = EMERGENCY_FILES,
    actor: UUID | None,
) -> UUID:
    """Make a contract, with the first line of its history.

    Args:
        sales: name, mail address and telephone number of the sales contact.
    """
    contract = Contract(
        number=number,
        name=name,
        company=company,
        license_type=license_type,
        starts_on=starts_on,
        ends_on=ends_on,
        time_zone=time_zone,
        sales_name=sales[0],
        sales_email=sales[1],
        sales_phone=sales[2],
        emergency_files=emergency_files,
        external_id=external_id,
    )
    async with unit_of_work():
        await Contract.insert(contract)
        await note_change(contract.id, ChangeKind.SIGNED, Reason("", starts_on))
        await record(
            "contract-creation",
            actor=actor,
            contract=contract.id,
            subject=contract.id,
            **named_outside(external_id),
        )
    return contract.id


async def add_membership(
    *, user: UUID, contract: UUID, role: Role, notification: bool = True, actor: UUID | None
) -> UUID:
    """Give a person a role in a contract."""
    membership = Membership(
        user=user,
        contract=contract,
        role=role.value,
        notification=notification,
        created_at=clock.now(),
    )
    async with unit_of_work():
        await Membership.insert(membership)
        await record(
            "membership-creation",
            actor=actor,
            contract=contract,
            subject=membership.id,
            user=user,
            role=role.value,
        )
    return membership.id

"""What ends, and when people are reminded of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.products.rules import product_name
from app.service_accounts.rules import account_name
from app.web.i18n import gettext as _

# Days before the last usable day; the first is the earliest.
STAGES = (90, 30, 7)
# A new token takes a minute, where a renewal takes weeks.
ACCOUNT_STAGES = (14, 3)
# Stopping a system takes an hour; on its last day is the last chance.
PARALLEL_STAGES = (3, 0)


class Kind(StrEnum):
    """What can end."""

    CONTRACT = "contract"
    PRODUCT = "product"
    ACTIVATION = "activation"
    SERVICE_ACCOUNT = "service-account"
    VENDOR_ACCOUNT = "vendor-account"
    PARALLEL = "parallel"


ACCOUNTS = {Kind.SERVICE_ACCOUNT, Kind.VENDOR_ACCOUNT}


@dataclass(frozen=True)
class EndDate:
    """Something of a contract that ends, or a service account of the vendor.

    Attributes:
        subject: the contract, entitlement, activation, service account or parallel operation.
        ends_on: last usable day, in the contract's time zone.
        name_ja, name_en: of the product, environment or account; empty for a contract.
        contract_number, contract_name: the contract that it belongs to; empty for the vendor's.
    """

    kind: Kind
    subject: UUID
    ends_on: date
    name_ja: str
    name_en: str
    contract_number: str
    contract_name: str

    @property
    def path(self) -> str:
        """Return the path of the page that shows it."""
        if self.kind is Kind.VENDOR_ACCOUNT:
            return f"/staff/service-accounts/{self.subject}"
        end = {
            Kind.CONTRACT: "",
            Kind.PRODUCT: "/products",
            Kind.ACTIVATION: "/environments",
            Kind.PARALLEL: "/environments",
            Kind.SERVICE_ACCOUNT: f"/service-accounts/{self.subject}",
        }
        return f"/contracts/{self.contract_number}{end[self.kind]}"

    @property
    def place(self) -> str:
        """Return the contract, or the console, as a reminder names it."""
        if self.kind is Kind.VENDOR_ACCOUNT:
            return _("Staff console")
        return f"{self.contract_name} ({self.contract_number})"


def ending_name(end_date: EndDate) -> str:
    """Return what ends, in the language that is set."""
    name = product_name(end_date)
    if end_date.kind is Kind.PRODUCT:
        return _("Product: %(name)s", name=name)
    if end_date.kind is Kind.ACTIVATION:
        return _("Activation file of %(name)s", name=name)
    if end_date.kind is Kind.PARALLEL:
        return _("Old system of %(name)s (parallel operation)", name=name)
    if end_date.kind in ACCOUNTS:
        return account_name(name)
    return _("Contract")


def stage(days_left: int, stages: Sequence[int] = STAGES) -> int | None:
    """Return which reminder is due so many days before the last one; None for none.

    A late reminder counts for its stage: a person not reminded at 30 days is reminded at 29.
    """
    if days_left < 0:
        return None
    return min((each for each in stages if days_left <= each), default=None)

"""What the staff enter about a contract, and the reason for a change of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from app.contracts.external_id_values import ExternalId
from app.contracts.rules import TIME_ZONES
from app.web.choice_kinds import Choice, Language
from app.web.forms import Fields
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.kinds import Address, Code, Day, LastDay, Line, Number
from app.web.values import Values

NUMBER = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class ContractNumber(Code):
    """The number of a new contract."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a number of letters, digits and hyphens."""
        number = super().read(fields, name, offered)
        if name not in fields.errors and not NUMBER.fullmatch(number):
            fields.errors[name] = _("Use only letters, digits and hyphens in the contract number.")
        return number

    def rule(self) -> str:
        """Name the kind and its signs."""
        return f"{super().rule()}: letters, digits, single hyphens"


@dataclass(frozen=True, kw_only=True)
class TimeZone(Code):
    """A time zone by its IANA name, which people type."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read the name of a time zone."""
        return fields.choice(name, self.name, TIME_ZONES)

    def rule(self) -> str:
        """Name the kind."""
        return "name of a time zone"


ContractName = Annotated[str, Line(label=N_("Contract name"), maximum=100)]
StartsOn = Annotated[date, Day(label=N_("First day"))]
EndsOn = Annotated[date, LastDay(label=N_("Last usable day"))]
SalesName = Annotated[str, Line(label=N_("Sales contact"), maximum=100)]
SalesEmail = Annotated[str, Address(label=N_("Email address of the sales contact"))]
SalesPhone = Annotated[str, Code(label=N_("Telephone"), maximum=40)]
OwnerLanguage = Annotated[str, Language(label=N_("Language"))]
Note = Annotated[
    str,
    Line(
        label=N_("Reason for the change"),
        maximum=500,
        hint=N_("Members of the contract can see it in the change history."),
    ),
]
EffectiveOn = Annotated[date, Day(label=N_("Effective date"))]
# What a contract has unless someone says otherwise.
EMERGENCY_FILES, MOST_EMERGENCY_FILES = 2, 5
EmergencyFiles = Annotated[
    int,
    Number(
        label=N_("Emergency files per environment"),
        maximum=MOST_EMERGENCY_FILES,
        hint=N_("From 0 to 5. Files that customers already have keep working."),
    ),
]


class ContractValues(Values, frozen=True):
    """A new contract and its owner; the owner's address may come later.

    Rules: last day not before the first; number and external ID once
    """

    number: Annotated[str, ContractNumber(label=N_("Contract number"), maximum=40)]
    name: ContractName
    license_type: Annotated[str, Choice(label=N_("License type"))]
    starts_on: StartsOn
    ends_on: EndsOn
    time_zone: Annotated[
        str,
        TimeZone(
            label=N_("Time zone"),
            hint=N_("The last day ends at midnight in this time zone. For example: Asia/Tokyo."),
        ),
    ]
    sales_name: SalesName
    sales_email: SalesEmail
    sales_phone: SalesPhone
    owner_email: Annotated[
        str,
        Address(
            label=N_("Email address of the first owner"),
            required=False,
            hint=N_("The owner receives a link to join, and then invites everyone else."),
        ),
    ]
    owner_language: OwnerLanguage
    emergency_files: EmergencyFiles = EMERGENCY_FILES
    external_id: ExternalId = None


class ContractFacts(Values, frozen=True):
    """The facts of a contract that an amendment changes."""

    name: ContractName
    starts_on: StartsOn
    ends_on: EndsOn
    sales_name: SalesName
    sales_email: SalesEmail
    sales_phone: SalesPhone
    emergency_files: EmergencyFiles
    external_id: ExternalId = None


class ContractAmendmentValues(ContractFacts, frozen=True, kw_only=True):
    """Other facts of a contract, with the reason.

    Rules: last day not before the first; external ID once
    """

    reason: Note
    effective_on: EffectiveOn


class RenewalValues(Values, frozen=True):
    """A later last day of a contract, with the reason.

    Rules: later than the contract ends now
    """

    ends_on: Annotated[date, Day(label=N_("Last usable day"))]
    reason: Note
    effective_on: EffectiveOn


class EmergencyLimitValues(Values, frozen=True):
    """How many emergency files each environment of a contract may have, with the reason.

    Rules: files that are there already keep working
    """

    emergency_files: EmergencyFiles
    reason: Note

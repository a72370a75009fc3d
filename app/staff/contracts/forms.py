"""The forms of contracts: creating, amending, renewing, and who owns them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.contracts.rules import TIME_ZONES
from app.staff.list_forms import read_revision
from app.web.forms import Fields, read_id
from app.web.i18n import LANGUAGES
from app.web.i18n import gettext as _
from app.web.requests import FormData

LONGEST_NAME = 100
LONGEST_NUMBER = 40
LONGEST_REASON = 500
NUMBER = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
LICENSE_TYPES = ("term", "subscription")
SALES = ("sales_name", "sales_email", "sales_phone")


def typed(data: FormData, names: Collection[str]) -> dict[str, str]:
    """What was typed, to be shown again."""
    return {name: data.get(name) for name in names}


def read_term(fields: Fields) -> tuple[date, date]:
    """First and last usable day; both included, so that they may be the same."""
    starts_on = fields.day("starts_on", _("First day"))
    ends_on = fields.day("ends_on", _("Last usable day"))
    fields.check_order("ends_on", starts_on, ends_on)
    return starts_on or date.min, ends_on or date.min


def read_reason(fields: Fields) -> dict[str, str]:
    """Why, and from which day on: part of every payload that changes what was agreed."""
    note = fields.text("reason", _("Reason for the change"), maximum=LONGEST_REASON)
    effective_on = fields.day("effective_on", _("Date of effect"))
    return {"reason": note, "effective_on": str(effective_on or "")}


def _read_sales(fields: Fields) -> dict[str, str]:
    return {
        "sales_name": fields.text("sales_name", _("Sales contact"), maximum=LONGEST_NAME),
        "sales_email": fields.mail_address("sales_email", _("E-mail address of sales")),
        "sales_phone": fields.code("sales_phone", _("Telephone"), maximum=LONGEST_NUMBER),
    }


@dataclass(frozen=True)
class ContractForm:
    """A new contract of a company, and who is to own it.

    Attributes:
        payload: JSON values of the act.
    """

    NAMES = (
        *("number", "name", "license_type", "starts_on", "ends_on", "time_zone"),
        *SALES,
        *("owner_email", "owner_language"),
    )

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "ContractForm":
        """Read what was sent."""
        fields = Fields(data)
        number = fields.code("number", _("Contract number"), maximum=LONGEST_NUMBER)
        if "number" not in fields.errors and not NUMBER.fullmatch(number):
            fields.errors["number"] = _("Make the number of letters, digits and hyphens.")
        name = fields.text("name", _("Contract name"), maximum=LONGEST_NAME)
        license_type = fields.choice("license_type", _("License type"), LICENSE_TYPES)
        starts_on, ends_on = read_term(fields)
        zone = fields.choice("time_zone", _("Time zone"), TIME_ZONES)
        sales = _read_sales(fields)
        owner, language = _read_owner(fields)
        return cls(
            payload={
                "number": number,
                "name": name,
                "license_type": license_type,
                "starts_on": str(starts_on),
                "ends_on": str(ends_on),
                "time_zone": zone,
                **sales,
                "owner_email": owner,
                "owner_language": language,
            },
            typed=typed(data, cls.NAMES),
            errors=fields.errors,
        )


def _read_owner(fields: Fields) -> tuple[str, str]:
    """The first owner's address, which may come later, and the language of the mail."""
    email = ""
    if fields.data.get("owner_email").strip():
        email = fields.mail_address("owner_email", _("E-mail address of the first owner"))
    return email, fields.choice("owner_language", _("Language"), LANGUAGES)


@dataclass(frozen=True)
class AmendmentForm:
    """Another name, term or sales contact, with the reason."""

    NAMES = ("name", "starts_on", "ends_on", *SALES, "reason", "effective_on", "revision")

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData) -> "AmendmentForm":
        """Read what was sent."""
        fields = Fields(data)
        name = fields.text("name", _("Contract name"), maximum=LONGEST_NAME)
        starts_on, ends_on = read_term(fields)
        payload = {"name": name, "starts_on": str(starts_on), "ends_on": str(ends_on)}
        payload |= _read_sales(fields) | read_reason(fields)
        return cls(
            payload | {"revision": read_revision(data)}, typed(data, cls.NAMES), fields.errors
        )


@dataclass(frozen=True)
class RenewalForm:
    """A new last day, with the reason."""

    NAMES = ("ends_on", "reason", "effective_on", "revision")

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, ends_on_now: date) -> "RenewalForm":
        """Read what was sent; a renewal makes the term longer."""
        fields = Fields(data)
        ends_on = fields.day("ends_on", _("Last usable day"))
        if ends_on is not None and ends_on <= ends_on_now:
            fields.errors["ends_on"] = _(
                "A renewal ends later than the contract does now. To shorten it, amend it."
            )
        payload = {"ends_on": str(ends_on or ""), **read_reason(fields)}
        return cls(
            payload | {"revision": read_revision(data)}, typed(data, cls.NAMES), fields.errors
        )


@dataclass(frozen=True)
class OwnerForm:
    """Who is to own a contract: a member, or an address that is invited; with the reason."""

    NAMES = ("membership", "owner_email", "owner_language", "reason")

    payload: dict[str, Any]
    typed: Mapping[str, str]
    errors: dict[str, str]

    @classmethod
    def read(cls, data: FormData, members: Collection[UUID]) -> "OwnerForm":
        """Read what was sent.

        Args:
            members: ids of the memberships that can be chosen.
        """
        fields = Fields(data)
        chosen = fields.choice("membership", _("Member"), {"", *(str(id) for id in members)})
        email, language = _read_owner(fields)
        if not (chosen or email or fields.errors):
            fields.errors["owner_email"] = _("Choose a member, or enter a mail address.")
        elif chosen and email:
            fields.errors["owner_email"] = _("Choose a member or enter a mail address, not both.")
        reason = fields.text("reason", _("Reason for the change"), maximum=LONGEST_REASON)
        id = read_id(chosen)
        payload = {"membership": str(id) if id else "", "owner_email": email}
        return cls(
            payload | {"owner_language": language, "reason": reason},
            typed(data, cls.NAMES),
            fields.errors,
        )

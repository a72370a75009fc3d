"""What is entered about single sign-on. The client secret is no value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from app.single_sign_on.domain_rules import is_public
from app.single_sign_on.rules import LONGEST_ADDRESS, is_issuer
from app.single_sign_on.strength_rules import MOST_CONTEXTS
from app.web.choice_kinds import Several, Things
from app.web.forms import Fields
from app.web.i18n import N_
from app.web.i18n import gettext as _
from app.web.kinds import Code, Kind, Line, Tick
from app.web.mail_addresses import is_mail_address
from app.web.values import Values


@dataclass(frozen=True, kw_only=True)
class Issuer(Code):
    """The address of an identity provider, kept exactly as it names itself."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read an issuer."""
        address = super().read(fields, name, offered)
        if name not in fields.errors and not is_issuer(address):
            fields.errors[name] = _("Enter an address that begins with https:// and has no query.")
        return address

    def rule(self) -> str:
        """Name the kind and its bound."""
        return f"https address without a query of up to {self.maximum}"


@dataclass(frozen=True, kw_only=True)
class Domain(Code):
    """The domain of mail addresses, in small letters."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> str:
        """Read a domain."""
        domain = super().read(fields, name, offered).lower().removeprefix("@")
        if name not in fields.errors and not is_mail_address(f"a@{domain}"):
            fields.errors[name] = _("Enter a domain like example.com.")
        elif is_public(domain):
            fields.errors[name] = _(
                "Anyone can get an address of this domain. Enter a domain that belongs to the"
                " company alone."
            )
        return domain

    def rule(self) -> str:
        """Name the kind."""
        return "domain of mail addresses"


@dataclass(frozen=True, kw_only=True)
class Contexts(Kind):
    """Values of the claim acr, separated by spaces."""

    def read(self, fields: Fields, name: str, offered: Mapping[str, str]) -> list[str]:
        """Read the values."""
        found = sorted({*fields.text(name, self.name, maximum=1000, required=False).split()})
        if len(found) > MOST_CONTEXTS or not all(each.isascii() for each in found):
            fields.errors[name] = _(
                "Enter at most %(n)s values of ASCII characters.", n=MOST_CONTEXTS
            )
        return found

    def show(self, value: object) -> str:
        """Show the values with spaces between."""
        return " ".join(value) if isinstance(value, list) else ""

    def rule(self) -> str:
        """Name the kind and its bound."""
        return f"up to {MOST_CONTEXTS} values of ASCII characters, with spaces between"


class ConnectionValues(Values, frozen=True):
    """How the portal reaches a company's identity provider."""

    issuer: Annotated[
        str,
        Issuer(
            label=N_("Issuer"),
            maximum=LONGEST_ADDRESS,
            wide=True,
            hint=N_("Copy it exactly from the provider, with or without a slash at the end."),
        ),
    ]
    client_id: Annotated[str, Code(label=N_("Client ID"), maximum=200, wide=True)]
    offline_access: Annotated[
        bool, Tick(label=N_("Ask for the scope offline_access (Entra ID and Okta need it)"))
    ] = False


class ClaimValues(Values, frozen=True):
    """A domain that the DNS shall show to be the company's.

    Rules: not a domain of another company
    """

    domain: Annotated[
        str,
        Domain(
            label=N_("Domain"), maximum=250, hint=N_("The part after @ of their email addresses.")
        ),
    ]


class VendorConnectionValues(ConnectionValues, frozen=True):
    """How the portal reaches the vendor's own identity provider, and what it asks of it."""

    amr: Annotated[
        list[str],
        Several(
            label=N_("Second factors that count (amr)"),
            missing=N_("Select from this list."),
            required=False,
        ),
    ] = []
    acr: Annotated[
        list[str],
        Contexts(
            label=N_("Contexts that count (acr)"),
            required=False,
            wide=True,
            hint=N_(
                "Values of acr that stand for two factors at your provider, separated by spaces."
                " The portal asks for them."
            ),
        ),
    ] = []


class DomainValues(Values, frozen=True):
    """A domain whose people the provider signs in.

    Rules: not a domain of another company
    """

    domain: Annotated[
        str,
        Domain(
            label=N_("Domain"), maximum=250, hint=N_("The part after @ of their email addresses.")
        ),
    ]
    reason: Annotated[
        str,
        Line(
            label=N_("How you know that it belongs to the company"),
            maximum=200,
            wide=True,
        ),
    ]


class DefaultValues(Values, frozen=True):
    """Contracts that people without an invitation join at their first sign-in, as members."""

    contracts: Annotated[
        list[UUID],
        Things(
            label=N_("Contracts to join at the first sign-in"),
            missing=N_("Select contracts of the list."),
            required=False,
        ),
    ]

"""What a line of an imported file may hold: columns, values, and what is wrong with them."""

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.contracts.contract_values import MOST_EMERGENCY_FILES
from app.contracts.external_id_values import LONGEST_EXTERNAL_ID
from app.contracts.rules import TIME_ZONES
from app.products.license_key_rules import LICENSE_KEY, LONGEST_LICENSE_KEY
from app.web.forms import Fields
from app.web.i18n import LANGUAGES
from app.web.i18n import gettext as _
from app.web.requests import form_of

# What a file may have that comes through the console: bytes, bytes unpacked, and lines.
MOST_BYTES = 100 * 1000 * 1000
MOST_LINES = 1_000_000
# A worker that dies during an import leaves it to the next; a file that kills workers must
# not do so for ever.
MOST_ATTEMPTS = 5
LONGEST_NAME, LONGEST_NUMBER = 100, 40
LARGEST_QUANTITY = 1_000_000_000
LICENSE_TYPES = ("term", "subscription")


class Kind(StrEnum):
    """What can be imported, in the order in which one needs the other; also a file's name."""

    COMPANIES = "companies"
    CONTRACTS = "contracts"
    ENTITLEMENTS = "entitlements"
    PEOPLE = "people"
    LICENSE_KEYS = "license_keys"


class ImportState(StrEnum):
    """Where an uploaded file is on its way."""

    UPLOADING = "uploading"
    CHECKING = "checking"
    CHECKED = "checked"
    FAULTY = "faulty"
    UNREADABLE = "unreadable"
    IMPORTING = "importing"
    DONE = "done"
    DISCARDED = "discarded"


# A worker has something to do.
AT_WORK = (ImportState.CHECKING, ImportState.IMPORTING)
# The file is no longer needed.
OVER = (
    *(ImportState.FAULTY, ImportState.UNREADABLE),
    *(ImportState.DONE, ImportState.DISCARDED),
)


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file.

    Attributes:
        line: of the file, the head being 1.
        column: its name, or an empty string where the whole line is meant.
        names: what other lines name this one by, where they can.
    """

    kind: str
    line: int
    column: str
    message: str
    names: str = field(default="", compare=False)

    def __str__(self) -> str:
        place = f"{self.kind}:{self.line}"
        return (
            f"{place}: {self.column}: {self.message}" if self.column else f"{place}: {self.message}"
        )


# Kind → the column by which lines of other kinds name its lines.
NAMED_BY: Mapping[Kind, str] = {Kind.COMPANIES: "name", Kind.CONTRACTS: "number"}
# Kind → columns; where the key ends is what makes a line the same as another.
COLUMNS: Mapping[Kind, Sequence[str]] = {
    Kind.COMPANIES: ("name", "reading", "corporate_group", "external_id"),
    Kind.CONTRACTS: (
        *("number", "name", "company", "license_type", "starts_on", "ends_on", "time_zone"),
        *("sales_name", "sales_email", "sales_phone", "external_id", "emergency_files"),
    ),
    Kind.ENTITLEMENTS: ("contract", "product", "quantity", "starts_on", "ends_on", "external_id"),
    Kind.PEOPLE: ("contract", "email", "role", "language"),
    Kind.LICENSE_KEYS: ("code", "product", "quantity", "starts_on", "ends_on", "contract"),
}
# Columns that a file may leave out.
OPTIONAL = frozenset({"external_id", "emergency_files"})
EXAMPLES: Mapping[Kind, Sequence[str]] = {
    Kind.COMPANIES: ("サンプル商事株式会社", "サンプルショウジ", "サンプルグループ", "ACC-1"),
    Kind.CONTRACTS: (
        *("D-1001", "基幹システム契約", "サンプル商事株式会社", "term", "2027/04/01", "2028/03/31"),
        *("Asia/Tokyo", "営業一部 山田 太郎", "sales@example.org", "03-0000-0100", "ORD-1", "2"),
    ),
    Kind.ENTITLEMENTS: ("D-1001", "PLATFORM", "10", "2027/04/01", "2028/03/31", "ORD-1-1"),
    Kind.PEOPLE: ("D-1001", "owner@example.com", "owner", "ja"),
    Kind.LICENSE_KEYS: (
        "2B7KQ-9FXMW-H4TRC-8ZPND",
        "CONNECTOR",
        "2",
        "2027/04/01",
        "2028/03/31",
        "",
    ),
}


# Kind and plain name of a faulty line → its number.
FaultyNames = dict[tuple[Kind, str], int]


def plain_name_of(text: str) -> str:
    """Return a name as two lines may both mean it, in whatever width and composition."""
    return unicodedata.normalize("NFKC", text.strip())


def read_line(kind: Kind, cells: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The values of a line, normalised, and column → what is wrong."""
    fields = Fields(form_of(cells))
    return READERS[kind](fields), fields.errors


def _company(fields: Fields) -> dict[str, str]:
    group = fields.text("corporate_group", "corporate_group", maximum=LONGEST_NAME, required=False)
    return {
        "name": fields.text("name", "name", maximum=LONGEST_NAME),
        "reading": fields.text("reading", "reading", maximum=LONGEST_NAME),
        "corporate_group": group,
        **_external_id(fields),
    }


def _external_id(fields: Fields) -> dict[str, str]:
    given = fields.data.get("external_id").strip()
    code = fields.code("external_id", "external_id", maximum=LONGEST_EXTERNAL_ID) if given else ""
    return {"external_id": code}


def _term(fields: Fields) -> dict[str, str]:
    first, last = fields.day("starts_on", "starts_on"), fields.day("ends_on", "ends_on")
    fields.check_order("ends_on", first, last)
    return {"starts_on": str(first), "ends_on": str(last)}


def _quantity(fields: Fields) -> str:
    return str(fields.whole_number("quantity", "quantity", minimum=1, maximum=LARGEST_QUANTITY))


def _contract(fields: Fields) -> dict[str, str]:
    return {
        "number": _number(fields, "number"),
        "name": fields.text("name", "name", maximum=LONGEST_NAME),
        "company": fields.text("company", "company", maximum=LONGEST_NAME),
        "license_type": _one_of(fields, "license_type", LICENSE_TYPES),
        **_term(fields),
        "time_zone": _one_of(fields, "time_zone", TIME_ZONES, ("Asia/Tokyo", "Europe/London", "…")),
        "sales_name": fields.text("sales_name", "sales_name", maximum=LONGEST_NAME),
        "sales_email": fields.mail_address("sales_email", "sales_email"),
        "sales_phone": fields.code("sales_phone", "sales_phone", maximum=LONGEST_NUMBER),
        **_external_id(fields),
        "emergency_files": _emergency_files(fields),
    }


def _emergency_files(fields: Fields) -> str:
    name = "emergency_files"
    if not fields.data.get(name).strip():
        return ""
    return str(fields.whole_number(name, name, minimum=0, maximum=MOST_EMERGENCY_FILES))


def _one_of(fields: Fields, name: str, choices: Collection[str], named: Sequence[str] = ()) -> str:
    value = fields.choice(name, name, choices)
    if name in fields.errors:
        names = ", ".join(named or choices)
        fields.errors[name] = _("Enter one of these: %(names)s.", names=names)
    return value


def _number(fields: Fields, name: str) -> str:
    number = fields.code(name, name, maximum=LONGEST_NUMBER)
    plain = number.replace("-", "a")
    if name not in fields.errors and not (plain.isascii() and plain.isalnum()):
        fields.errors[name] = _("Use only letters, digits and hyphens in the contract number.")
    return number


def _entitlement(fields: Fields) -> dict[str, str]:
    return {
        "contract": fields.code("contract", "contract", maximum=LONGEST_NUMBER),
        "product": fields.code("product", "product", maximum=LONGEST_NUMBER),
        "quantity": _quantity(fields),
        **_term(fields),
        **_external_id(fields),
    }


def _person(fields: Fields) -> dict[str, str]:
    return {
        "contract": fields.code("contract", "contract", maximum=LONGEST_NUMBER),
        "email": fields.mail_address("email", "email"),
        "role": _one_of(fields, "role", ("owner", "member")),
        "language": _one_of(fields, "language", LANGUAGES),
    }


def _license_key(fields: Fields) -> dict[str, str]:
    meant = fields.data.get("contract").strip()
    code = fields.code("code", "code", maximum=LONGEST_LICENSE_KEY).upper()
    if "code" not in fields.errors and not LICENSE_KEY.fullmatch(code):
        fields.errors["code"] = _("Use only letters, digits and single hyphens in the license key.")
    return {
        "code": code,
        "product": fields.code("product", "product", maximum=LONGEST_NUMBER),
        "quantity": _quantity(fields),
        **_term(fields),
        "contract": fields.code("contract", "contract", maximum=LONGEST_NUMBER) if meant else "",
    }


READERS: Mapping[Kind, Callable[[Fields], dict[str, str]]] = {
    Kind.COMPANIES: _company,
    Kind.CONTRACTS: _contract,
    Kind.ENTITLEMENTS: _entitlement,
    Kind.PEOPLE: _person,
    Kind.LICENSE_KEYS: _license_key,
}

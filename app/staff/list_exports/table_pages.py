"""Which lists of the console leave it as a file, and what stands in each line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.activation.wording import file_state_name
from app.contracts.rules import STATUS_NAMES
from app.staff.activations.queries import ACTIVATIONS, ListedActivation
from app.staff.contracts.queries import CONTRACTS, ListedContract
from app.staff.license_keys.queries import KEYS, ListedKey, of_product, read_wanted
from app.staff.people.acts import role_names
from app.staff.people.queries import USERS, ListedUser
from app.web.i18n import file_day, file_moment, pgettext
from app.web.i18n import gettext as _
from app.web.lists.addresses import Wanted
from app.web.lists.listings import Listing, Where
from app.web.requests import FormData

# A file of 10,000 lines is about 1 MB, made in one statement.
MOST_LINES = 10_000


@dataclass(frozen=True)
class Export:
    """A list as a file.

    Attributes:
        heads: makes the heads of the columns, in the reader's language.
        line: makes the cells of a row.
        read: reads the list's address, where the listing does not know all filters by itself.
        where: conditions of these filters.
    """

    listing: Listing[Any]
    heads: Callable[[], Sequence[str]]
    line: Callable[[Any], Sequence[str]]
    read: Callable[[str, FormData], Wanted] | None = None
    where: Callable[[Wanted], Where] | None = None


def _contract_heads() -> list[str]:
    heads = [_("Contract number"), _("Contract name"), _("Company"), _("Status")]
    return [*heads, _("First day"), _("Last usable day"), _("Owner")]


def _contract(row: ListedContract) -> list[str]:
    waiting = _("Invitation pending") if row.owner_invited else pgettext("owner", "None")
    owner = _("Assigned") if row.owned else waiting
    days = [file_day(row.starts_on), file_day(row.ends_on)]
    return [row.number, row.name, row.company, _(STATUS_NAMES[row.status]), *days, owner]


def _user_heads() -> list[str]:
    heads = [_("User code"), _("User name"), _("Email address"), _("Staff role")]
    return [*heads, pgettext("staff", "Contracts"), _("Account"), _("Last sign-in")]


def _user(row: ListedUser) -> list[str]:
    role = {str(code): name for code, name in role_names().items()}.get(row.staff_role or "", "")
    account = _("Disabled") if row.disabled_at else _("Active")
    last = file_moment(row.last_sign_in_at) if row.last_sign_in_at else ""
    return [row.code, row.name, row.email, role, str(row.contracts), account, last]


def _activation_heads() -> list[str]:
    heads = [_("Contract"), _("Environment"), _("Activation number"), _("Key ID")]
    return [*heads, _("Issued"), _("Downloaded"), _("Status")]


def _activation(row: ListedActivation) -> list[str]:
    downloaded = file_moment(row.downloaded_at) if row.downloaded_at else ""
    file = [row.contract, row.environment, str(row.seq), row.jkt]
    return [*file, file_moment(row.issued_at), downloaded, file_state_name(row.state)]


def _key_heads() -> list[str]:
    heads = [_("License key"), _("Product"), _("Quantity"), _("First day"), _("Last usable day")]
    return [*heads, _("Issued"), _("Status"), _("Contract")]


def _key(row: ListedKey) -> list[str]:
    free = _("Ended") if row.ended else _("Not redeemed")
    unused = _("Revoked") if row.revoked_at else free
    state = _("Redeemed") if row.redeemed_by else unused
    days = [file_day(row.starts_on), file_day(row.ends_on), file_moment(row.issued_at)]
    return [row.masked, row.product, str(row.quantity), *days, state, row.redeemed_by or ""]


EXPORTS = {
    "contracts": Export(CONTRACTS, _contract_heads, _contract),
    "users": Export(USERS, _user_heads, _user),
    "activations": Export(ACTIVATIONS, _activation_heads, _activation),
    "license-keys": Export(KEYS, _key_heads, _key, read_wanted, of_product),
}

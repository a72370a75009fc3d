"""How emergency files are worded, in the reader's language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.activation.emergencies.rules import EmergencyOutcome
from app.products.rules import count_of
from app.web.i18n import N_, day, language
from app.web.i18n import gettext as _

OUTCOME_MESSAGES = {
    EmergencyOutcome.CONTRACT_ENDED: N_(
        "The contract has ended, so you cannot create emergency files."
    ),
    EmergencyOutcome.ENVIRONMENT_RETIRED: N_("This environment is retired."),
    EmergencyOutcome.NOTHING_ALLOCATED: N_(
        "No product is allocated to this environment. Allocate products first."
    ),
    EmergencyOutcome.TOO_MANY_PRODUCTS: N_(
        "More than 100 products are allocated to this environment. Reduce them first."
    ),
    EmergencyOutcome.LIMIT_REACHED: N_(
        "This environment already has as many emergency files as the contract allows. For more,"
        " ask your sales contact."
    ),
    EmergencyOutcome.STILL_READY: N_(
        "This emergency file can still be used. Download it again instead."
    ),
    EmergencyOutcome.ACTIVATE_FIRST: N_(
        "Activate this environment normally first. After that you can create this emergency file"
        " again."
    ),
    EmergencyOutcome.FILE_TOO_LARGE: N_(
        "The emergency file would be larger than 64 KiB, which no system can read. Allocate fewer"
        " products to this environment, or divide them among several environments."
    ),
    EmergencyOutcome.NO_SIGNING_KEY: N_(
        "The portal cannot sign activation files at the moment. Nothing was changed. Try again"
        " later or talk to your sales contact."
    ),
}


def outcome_message(outcome: EmergencyOutcome) -> str:
    """Return why no emergency file can be made, and what to do."""
    return _(OUTCOME_MESSAGES[outcome])


def claimed_name(claim: Mapping[str, Any]) -> str:
    """Return a product of a file as lists name it."""
    names: Mapping[str, str] = claim["name"]
    return f"{names[language.get()]} ({claim['code']})"


def claimed_count(claim: Mapping[str, Any]) -> str:
    """Return the quantity of a product of a file, and its last usable day."""
    last = day(date.fromisoformat(claim["not_after"]))
    count = count_of(claim["quantity"], claim["unit"])
    return f"{count}, {_('through %(date)s', date=last)}"

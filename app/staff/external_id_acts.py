"""What acts of the console say where an external id is taken."""

import asyncpg

from app.confirmations.acts import Refusal
from app.web.i18n import N_

EXTERNAL_ID_TAKEN = "external-id-taken"


def external_id_refusal(table: str) -> dict[str, Refusal]:
    """Return the refusal of acts that give a row of a table an external id, by its code.

    List it before refusals of other unique values: the first that fits is shown.
    """
    refusal = Refusal(
        "external_id",
        N_("This external ID is already in use. Enter a different one."),
        asyncpg.UniqueViolationError,
        constraint=f"{table}_external_id",
    )
    return {EXTERNAL_ID_TAKEN: refusal}

"""What the staff confirm about several license keys at once: revoking them."""

from uuid import UUID

import asyncpg

from app.confirmations.acts import Act, Context, Done, Payload, Refusal, Refused, Statement
from app.database import Gone
from app.products.license_key_admin_services import revoke_license_key
from app.products.rules import count_of
from app.staff.license_keys import queries
from app.staff.license_keys.acts import KEYS_URL, MAY
from app.staff.license_keys.queries import ListedKey
from app.web.i18n import N_, ngettext
from app.web.i18n import gettext as _


class OfKeys(Payload, frozen=True):
    """An act about license keys; their ids in order."""

    keys: list[UUID]


def _named(key: ListedKey) -> str:
    return f"{key.masked} · {key.product} · {count_of(key.quantity, key.unit)}"


async def _state(_context: Context, payload: OfKeys) -> Statement:
    keys = await queries.list_keys(payload.keys)
    count = len(payload.keys)
    return Statement(
        heading=ngettext("Revoke %(n)s license key?", "Revoke %(n)s license keys?", count),
        facts=[(_("License keys"), "\n".join(_named(key) for key in keys))],
        back=KEYS_URL,
        warning=_("The license keys can no longer be redeemed. You cannot undo this."),
        danger=True,
    )


async def _perform(context: Context, payload: OfKeys) -> Done:
    try:
        for key in payload.keys:
            await revoke_license_key(key, actor=context.viewer.id)
    except (Gone, asyncpg.CheckViolationError):
        raise Refused("settled") from None
    message = ngettext(
        "%(n)s license key was revoked.",
        "%(n)s license keys were revoked.",
        len(payload.keys),
    )
    return Done(KEYS_URL, message)


REVOCATIONS = Act(
    "license-key-revocations",
    OfKeys,
    _state,
    _perform,
    {
        "settled": Refusal(
            "form",
            N_(
                "A selected license key has been redeemed or revoked by now. Nothing was revoked."
                " Select again."
            ),
        )
    },
    MAY,
)

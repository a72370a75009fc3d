"""What administrators confirm about signing keys: making one, and putting a keyset in force."""

from datetime import date

from app import clock
from app.activation.format.keysets import InvalidKeyset, Keyset, KeysetOutcome
from app.activation.format.roots import InvalidRoot
from app.activation.messages import KEYSET_MESSAGES
from app.activation.signing_keys.services import (
    NoPassphrase,
    UntrustedKeyset,
    current_keyset,
    import_keyset,
    preview_keyset,
    rotate_signing_key,
)
from app.confirmations.acts import CHANGED, Act, Context, Done, Loose, Refused, Statement
from app.database import Changed
from app.settings import Settings
from app.staff.access import require
from app.staff.rules import Permission
from app.staff.signing_keys.queries import list_keys
from app.web.i18n import day, number
from app.web.i18n import gettext as _

KEYS_URL = "/staff/keys"


async def checked(settings: Settings, data: bytes) -> Keyset | str:
    """The keyset in an uploaded file, or why it cannot be put in force."""
    try:
        found = await preview_keyset(settings, data)
    except (InvalidRoot, UntrustedKeyset):
        return untrusted()
    return _(KEYSET_MESSAGES[found]) if isinstance(found, KeysetOutcome) else found


def untrusted() -> str:
    """Why nothing can be done as long as the roots do not fit."""
    return _(
        "The keyset in force cannot be verified with the trusted roots of this portal."
        " Put its root back first; portal doctor says more."
    )


def window(not_before: date, not_after: date) -> str:
    """From when to when a key is good."""
    return f"{day(not_before)}–{day(not_after)}"


async def _state_rotation(context: Context, payload: Loose) -> Statement:
    require(context.viewer, Permission.SIGNING_KEYS_ROTATE)
    dropped = payload["dropped"]
    return Statement(
        heading=_("Make a new signing key?"),
        facts=[
            (_("Days that the key is good"), number(payload["days"])),
            (_("Keys that are good no more"), ", ".join(dropped) or _("None")),
        ],
        back=f"{KEYS_URL}/rotation",
        notes=[
            _(
                "Then take the unsigned keyset to the machine with the root. Until the signed one"
                " is back, the portal signs as before."
            )
        ],
        warning=_(
            "Systems refuse activation files of a key that the keyset names no more, once they"
            " have read a file with the new keyset."
        )
        if dropped
        else "",
    )


async def _rotate(context: Context, payload: Loose) -> Done:
    require(context.viewer, Permission.SIGNING_KEYS_ROTATE)
    try:
        await rotate_signing_key(
            context.settings,
            days=payload["days"],
            dropped=payload["dropped"],
            seen=payload["seen"],
            actor=context.viewer.id,
        )
    except Changed:
        raise Refused("changed-meanwhile") from None
    except NoPassphrase:
        raise Refused("no-passphrase") from None
    except (InvalidRoot, UntrustedKeyset):
        raise Refused("untrusted") from None
    except InvalidKeyset:
        raise Refused("too-many-keys") from None
    return Done(KEYS_URL, _("A signing key was made. Download the unsigned keyset below."))


async def _state_import(context: Context, _payload: Loose) -> Statement:
    require(context.viewer, Permission.SIGNING_KEYS_ROTATE)
    found = await checked(context.settings, context.upload or b"")
    if isinstance(found, str):
        return Statement(
            heading=_("This keyset cannot be put in force"), facts=[], back=KEYS_URL, warning=found
        )
    held = await list_keys(await current_keyset(context.settings))
    signing = found.newest_key([key.kid for key in held.keys], clock.now())
    lost = _("This portal holds none of these keys: it could not issue anything any more.")
    return Statement(
        heading=_("Put this keyset in force?"),
        facts=[
            (_("Version"), str(found.version)),
            *((key.kid, window(key.not_before, key.expires_at)) for key in found.keys),
            (_("Signs from then on"), signing.kid if signing else "–"),
        ],
        back=KEYS_URL,
        warning="" if signing else lost,
    )


async def _import(context: Context, _payload: Loose) -> Done:
    require(context.viewer, Permission.SIGNING_KEYS_ROTATE)
    try:
        found = await import_keyset(
            context.settings, context.upload or b"", actor=context.viewer.id
        )
    except (InvalidRoot, UntrustedKeyset):
        raise Refused("untrusted") from None
    if isinstance(found, KeysetOutcome):
        raise Refused("keyset", outcome=found.value)
    return Done(KEYS_URL, _("Keyset %(version)s is in force.", version=found.version))


def problem_of(refusal: Loose | None) -> dict[str, str]:
    """What a refused confirmation says beside its form: field → message."""
    if not refusal:
        return {}
    if refusal["problem"] == "keyset":
        return {"keyset": _(KEYSET_MESSAGES[KeysetOutcome(refusal["outcome"])])}
    messages = {
        "changed-meanwhile": CHANGED.told(),
        "no-passphrase": _("The portal has no passphrase for keys: set PORTAL_KEY_PASSPHRASE."),
        "untrusted": untrusted(),
        "too-many-keys": _("A keyset has at most 16 keys. Drop some that are good no more."),
    }
    return {"form": messages[refusal["problem"]]}


ROTATION = Act("signing-key-rotation", Loose, _state_rotation, _rotate)
IMPORT = Act("keyset-import", Loose, _state_import, _import)

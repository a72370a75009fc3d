"""What administrators confirm about signing keys: making one, and putting a keyset in force."""

from app import clock
from app.activation.format.keyset_keys import InvalidKeyset
from app.activation.format.keysets import Keyset, KeysetOutcome
from app.activation.format.roots import InvalidRoot
from app.activation.messages import KEYSET_MESSAGES
from app.activation.signing_keys.rotation_services import rotate_signing_key
from app.activation.signing_keys.services import (
    NoPassphrase,
    UntrustedKeyset,
    current_keyset,
    import_keyset,
    preview_keyset,
)
from app.confirmations.acts import Act, Context, Done, Entry, Payload, Refusal, Refused, Statement
from app.settings import Settings
from app.staff.access import requires
from app.staff.rules import Permission
from app.staff.signing_keys.queries import list_keys
from app.staff.signing_keys.values import RotationValues
from app.web.i18n import N_, number, period
from app.web.i18n import gettext as _

KEYS_URL = "/staff/keys"
UNTRUSTED = N_(
    "The active keyset cannot be verified with this portal's trusted root keys. Restore its"
    " root key first. Run portal doctor for details."
)


class Rotation(Entry[RotationValues], frozen=True):
    """A new signing key; `revision` is how many there were."""


class Import(Payload, frozen=True):
    """The keyset in the uploaded file."""


async def checked(settings: Settings, data: bytes) -> Keyset | str:
    """Return the keyset in an uploaded file, or why it cannot be put in force."""
    try:
        found = await preview_keyset(settings, data)
    except (InvalidRoot, UntrustedKeyset):
        return _(UNTRUSTED)
    return _(KEYSET_MESSAGES[found]) if isinstance(found, KeysetOutcome) else found


async def _state_rotation(_context: Context, payload: Rotation) -> Statement:
    dropped = payload.values.dropped
    return Statement(
        heading=_("Create a new signing key?"),
        facts=[
            (_("Key validity in days"), number(payload.values.days)),
            (_("Keys to revoke"), ", ".join(dropped) or _("None")),
        ],
        back=f"{KEYS_URL}/rotation",
        notes=[
            _(
                "Next, take the unsigned keyset to the computer with the root key. Until you"
                " upload the signed keyset, the portal keeps signing with the current key."
            )
        ],
        warning=_(
            "After a system reads a file with the new keyset, it rejects activation files"
            " signed with revoked keys."
        )
        if dropped
        else "",
    )


async def _rotate(context: Context, payload: Rotation) -> Done:
    await rotate_signing_key(
        context.settings,
        days=payload.values.days,
        dropped=payload.values.dropped,
        held=payload.revision,
        actor=context.viewer.id,
    )
    return Done(KEYS_URL, _("The signing key was created. Download the unsigned keyset below."))


async def _state_import(context: Context, _payload: Import) -> Statement:
    found = await checked(context.settings, context.upload or b"")
    if isinstance(found, str):
        return Statement(
            heading=_("This keyset cannot be activated"), facts=[], back=KEYS_URL, warning=found
        )
    held = await list_keys(await current_keyset(context.settings))
    signing = found.signing_kids([key.kid for key in held.keys], clock.now())
    lost = _("This portal has none of these keys, so it could no longer issue activation files.")
    return Statement(
        heading=_("Activate this keyset?"),
        facts=[
            (_("Version"), str(found.version)),
            *(
                (f"{key.kid} ({key.algorithm})", period(key.not_before, key.expires_at))
                for key in found.keys
            ),
            (_("Key used for signing"), ", ".join(signing) if signing else "–"),
        ],
        back=KEYS_URL,
        warning="" if signing else lost,
    )


async def _import(context: Context, _payload: Import) -> Done:
    found = await import_keyset(context.settings, context.upload or b"", actor=context.viewer.id)
    if isinstance(found, KeysetOutcome):
        raise Refused(found.value)
    return Done(KEYS_URL, _("Keyset %(version)s is now active.", version=found.version))


ROOTS = {
    "untrusted": Refusal("form", UNTRUSTED, UntrustedKeyset),
    "no-root": Refusal("form", UNTRUSTED, InvalidRoot),
}
MAY = requires(Permission.SIGNING_KEYS_ROTATE)
ROTATION = Act(
    "signing-key-rotation",
    Rotation,
    _state_rotation,
    _rotate,
    {
        **ROOTS,
        "no-passphrase": Refusal(
            "form",
            N_("The portal has no passphrase for signing keys. Set PORTAL_KEY_PASSPHRASE."),
            NoPassphrase,
        ),
        "too-many-keys": Refusal(
            "form",
            N_("A keyset can have a maximum of 16 keys. Revoke keys you no longer use."),
            InvalidKeyset,
        ),
    },
    MAY,
)
KEYSETS = {each.value: Refusal("keyset", words) for each, words in KEYSET_MESSAGES.items()}
IMPORT = Act("keyset-import", Import, _state_import, _import, {**ROOTS, **KEYSETS}, MAY)

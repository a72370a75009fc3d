"""The demo's root and signing keys: the one place where root and portal share a machine."""

import asyncio
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import clock
from app.activation.format.keysets import KeysetOutcome, sign_keyset
from app.activation.format.roots import create_key, private_pem, public_pem, read_private_pem
from app.activation.signing_keys import queries as signing_key_queries
from app.activation.signing_keys.files import ROOT, ROOT_PRIVATE, write_private
from app.activation.signing_keys.rotation_services import rotate_signing_key
from app.activation.signing_keys.services import current_keyset, import_keyset
from app.settings import Settings

# Well before the signing key ends, the demo makes the next one.
RENEWED_BEFORE = timedelta(days=90)


async def prepare_demo_signing_keys(settings: Settings) -> None:
    """Make the demo's root in `trust/` and a signing key that it vouches for, where missing.

    Raises:
        NoPassphrase: the settings hold no passphrase.
        OSError: the folder `trust` cannot be written.
    """
    root = await asyncio.to_thread(_demo_root, settings.data_dir / "trust")
    if await _signs_for_long(settings):
        return
    signed = sign_keyset(await rotate_signing_key(settings), root)
    outcome = await import_keyset(settings, signed.encode())
    if isinstance(outcome, KeysetOutcome):
        raise RuntimeError(f"the demo's own keyset is refused: {outcome.value}")


async def _signs_for_long(settings: Settings) -> bool:
    now = clock.now()
    keyset = await current_keyset(settings)
    held = [key.kid for key in await signing_key_queries.list_stored_signing_keys()]
    key = keyset.newest_key(held, now) if keyset else None
    return key is not None and key.expires_at - now > RENEWED_BEFORE


def _demo_root(folder: Path) -> Ed25519PrivateKey:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = folder / ROOT_PRIVATE
    if private.exists():
        return read_private_pem(private.read_bytes(), None)
    key = create_key()
    write_private(private, private_pem(key, None))
    (folder / ROOT).write_bytes(public_pem(key.public_key()))
    return key

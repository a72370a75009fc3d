"""Whether signing keys and roots are kept safely: what `portal doctor` says about them."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import clock
from app.activation.format.keysets import Keyset
from app.activation.format.roots import InvalidRoot
from app.activation.signing_keys import queries as signing_key_queries
from app.activation.signing_keys.files import find_private_keys, read_trusted_roots, trusts_ml_dsa
from app.activation.signing_keys.services import UntrustedKeyset, read_keyset
from app.settings import Settings

SIGNING_KEY_ENDS_SOON = timedelta(days=60)
NOT_HYBRID = (
    "An ML-DSA-65 root is trusted, but the active keyset has no ML-DSA-65 keys: systems that pin"
    " this root refuse new files. Run `portal keys rotate`, and sign with both root keys."
)


@dataclass(frozen=True)
class Finding:
    """Something to look after; where it `fails`, the portal is not safe or cannot sign."""

    message: str
    fails: bool

    def __str__(self) -> str:
        return f"{'error' if self.fails else 'warning'}: {self.message}"


async def doctor_findings(settings: Settings) -> list[Finding]:
    """Return what is wrong with the signing keys of this portal now."""
    misplaced = [] if settings.demo else await asyncio.to_thread(_misplaced_keys, settings)
    return misplaced + await _keyset_findings(settings, clock.now())


def _misplaced_keys(settings: Settings) -> list[Finding]:
    return [
        Finding(f"{path} contains a private key. Move it to an offline medium.", True)
        for path in find_private_keys(settings.data_dir)
    ]


def _root_findings(settings: Settings) -> list[Finding]:
    """Say that the root is missing, before the first keyset needs it."""
    try:
        read_trusted_roots(settings.trusted_roots)
    except InvalidRoot as error:
        text = f"There is no root to trust ({error}). Copy root.pem to {settings.trusted_roots}."
        return [Finding(text, False)]
    return []


async def _keyset_findings(settings: Settings, now: datetime) -> list[Finding]:
    try:
        keyset = await read_keyset(settings)
    except UntrustedKeyset as error:
        return [Finding(f"The keyset cannot be verified with the trusted roots: {error}.", True)]
    if keyset is None:
        none = Finding("There is no active keyset. Run `portal keys rotate`.", False)
        return [*await asyncio.to_thread(_root_findings, settings), none]
    held = [key.kid for key in await signing_key_queries.list_stored_signing_keys()]
    signing = keyset.signing_kids(held, now)
    if signing is None:
        return [Finding("No signing key is currently valid. Run `portal keys rotate`.", False)]
    if settings.key_passphrase is None:
        return [Finding("PORTAL_KEY_PASSPHRASE(_FILE) is not set, so nothing can be signed.", True)]
    return await asyncio.to_thread(_findings_in_force, settings, keyset, signing, now)


def _findings_in_force(
    settings: Settings, keyset: Keyset, signing: list[str], now: datetime
) -> list[Finding]:
    expires_at = min(key.expires_at for key in keyset.keys if key.kid in signing)
    if expires_at - now <= SIGNING_KEY_ENDS_SOON:
        ends = f"{expires_at:%Y-%m-%d}"
        return [Finding(f"The newest signing key expires on {ends}. Rotate it.", False)]
    if keyset.second is None and trusts_ml_dsa(settings.trusted_roots):
        return [Finding(NOT_HYBRID, False)]
    return []

"""Whether a downloaded file is what the vendor published: its manifest, then its bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from licensed_system import claims
from licensed_system.claims import Name
from licensed_system.jws import Json
from licensed_system.languages import Words
from licensed_system.outcomes import Outcome, Refused, refuse
from licensed_system.signatures import verify_file
from licensed_system.trust import Roots

TYPE = "resource-manifest+jwt"
MAX_BYTES = 256 * 1024
_PIECE = 1024 * 1024
_SIGNATURE_AGAIN = Words(
    "ポータルのリソースタブから、署名をダウンロードし直してください。",
    "Download the signature again, from the Resources tab of the portal.",
)
# The same codes as for activation files, in words about signatures.
_WORDS = {
    Outcome.MALFORMED: Words("署名として読めません。", "This cannot be read as a signature.")
    + _SIGNATURE_AGAIN,
    Outcome.TOO_LARGE: Words(
        "署名が 256 KiB を超えています。", "The signature is larger than 256 KiB."
    )
    + _SIGNATURE_AGAIN,
    Outcome.WRONG_TYPE: Words(
        "リソースの署名ではありません。", "This is not a signature of a download."
    )
    + _SIGNATURE_AGAIN,
    Outcome.KEYSET_OLDER: Words(
        "署名の鍵が、このシステムの知っている鍵より古いものです。",
        "The signature was made with older keys than this system has seen.",
    )
    + _SIGNATURE_AGAIN,
    Outcome.SIGNING_KEY_NOT_VALID_THEN: Words(
        "署名した鍵は、署名した時点では有効ではありません。",
        "The key was not valid when it signed.",
    )
    + _SIGNATURE_AGAIN,
}


@dataclass(frozen=True)
class Product:
    """A product that the file is for."""

    code: str
    name: Name


@dataclass(frozen=True)
class Manifest:
    """What the vendor says of a file."""

    products: tuple[Product, ...]
    name: str
    version: str
    size: int
    sha256: str
    security_fix: bool
    signed_at: datetime


def verify_manifest(
    data: bytes, roots: Roots, keyset_version: int = 0, product: str | None = None
) -> Manifest:
    """The manifest in ``data``, once its signatures lead to ``roots``. Raises ``Refused``.

    ``keyset_version`` is the highest that was seen before; ``product`` must be named.
    """
    try:
        verified = verify_file(data, TYPE, roots, keyset_version, MAX_BYTES)
        manifest = _read(verified.claims, verified.issued_at)
    except Refused as refused:
        words = _WORDS.get(refused.outcome)
        raise Refused(refused.outcome, refused.facts, words) from refused
    codes = [each.code for each in manifest.products]
    if product is not None and product not in codes:
        raise refuse(Outcome.OTHER_PRODUCT, products=", ".join(codes), expected=product)
    return manifest


def verify_content(path: Path, manifest: Manifest) -> None:
    """Raise ``Refused`` unless ``path`` holds exactly the bytes that the manifest names.

    The file is read in pieces, and no further than the size that it should have.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while size <= manifest.size and (piece := file.read(_PIECE)):
                size += len(piece)
                digest.update(piece)
    except OSError as fault:
        raise refuse(Outcome.UNREADABLE_FILE, path=str(path)) from fault
    if (size, digest.hexdigest()) != (manifest.size, manifest.sha256):
        raise refuse(Outcome.FILE_CHANGED, path=str(path), name=manifest.name)


def _read(said: Json, signed_at: datetime) -> Manifest:
    try:
        products = tuple(_product(each) for each in claims.member(said, "products", list))
        if not products:
            raise ValueError("products is empty")
        return Manifest(
            products=products,
            name=claims.text(said, "name"),
            version=claims.text(said, "version"),
            size=claims.number(said, "size"),
            sha256=claims.text(said, "sha256"),
            security_fix=claims.member(said, "security_fix", bool),
            signed_at=signed_at,
        )
    except ValueError as fault:
        raise refuse(Outcome.MALFORMED) from fault


def _product(said: object) -> Product:
    if not isinstance(said, dict):
        raise ValueError("a product is not an object")
    name = claims.member(said, "name", dict)
    return Product(
        claims.text(said, "code"), Name(ja=claims.text(name, "ja"), en=claims.text(name, "en"))
    )

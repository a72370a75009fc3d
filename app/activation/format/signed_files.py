"""Files that one or two keys sign: a line of compact JWS by Ed25519, and a line by ML-DSA-65.

The second line is a compact JWS with detached content (RFC 7515, appendix F) over the payload of
the first. So any library verifies each line alone, and systems that pin only an Ed25519 root read
the first. Decision 0047 has the reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.activation.format.jws import (
    ALGORITHM,
    MAX_BYTES,
    ML_DSA,
    SIGNATURE_BYTES,
    Jws,
    JwsError,
    JwsFault,
    PrivateKey,
    PublicKey,
    algorithm_of,
    decode,
    encode,
    is_signed_by,
    thumbprint,
    without_final_newline,
)


class SigningFailed(RuntimeError):
    """No file left: a key may not sign now, or what a signer gave back does not verify."""


class FileTooLarge(SigningFailed):
    """The file would be larger than the format allows, so no system could read it."""


class Signer(Protocol):
    """Whatever holds a signing key: this process, a key management service, a hardware module."""

    @property
    def public_key(self) -> PublicKey:
        """The public part, known beforehand and not asked of the holder at each signature."""

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`. May block and may raise what its holder raises."""


class LocalSigner:
    """A signing key in this process."""

    def __init__(self, key: PrivateKey) -> None:
        self._key = key
        self.public_key: PublicKey = key.public_key()

    def sign(self, data: bytes) -> bytes:
        """Sign at once; never raises."""
        return self._key.sign(data)


class BlankSigner:
    """Stands in for a signer where only the size of a file is asked: it signs with zeros."""

    def __init__(self, signer: Signer) -> None:
        self.public_key: PublicKey = signer.public_key

    def sign(self, _data: bytes) -> bytes:
        """Return as many bytes as a signature has."""
        return bytes(SIGNATURE_BYTES[algorithm_of(self.public_key)])


@dataclass(frozen=True)
class SignedFile:
    """A file that was taken apart; neither signature is verified yet.

    Attributes:
        text: the lines, with LF between them and without a final newline.
        first: what Ed25519 signed.
        second: the second line, with the payload of the first put in; None if there is none.
    """

    text: str
    first: Jws
    second: Jws | None

    @property
    def payload(self) -> dict[str, Any]:
        """What both lines say."""
        return self.first.payload


def lines_of(data: bytes) -> bytes:
    """`data` as it is read and compared: CRLF is LF, and the one final newline is left out."""
    return without_final_newline(data.replace(b"\r\n", b"\n"))


def read_file(data: bytes, most: int = MAX_BYTES) -> SignedFile:
    """Take a file of one or two lines apart, strictly. Raises `JwsError`."""
    if len(data) > most:
        raise JwsError(JwsFault.TOO_LARGE)
    first, newline, second = lines_of(data).partition(b"\n")
    whole = decode(first, most)
    if not newline:
        return SignedFile(whole.text, whole, None)
    detached = second.decode("ascii", "replace")
    return SignedFile(f"{whole.text}\n{detached}", whole, attach(detached, whole))


def attach(detached: str, whole: Jws) -> Jws:
    """The JWS that a detached one becomes with the payload of `whole`. Raises `JwsError`."""
    if "\n" in detached:
        raise JwsError(JwsFault.MALFORMED)
    head, _, signature = detached.partition("..")
    payload = whole.text.split(".")[1]
    found = decode(f"{head}.{payload}.{signature}".encode(), 2 * MAX_BYTES + len(payload))
    members = {"typ": whole.header.get("typ"), "alg": ML_DSA, "kid": found.header.get("kid")}
    if found.header != members or type(members["kid"]) is not str:
        raise JwsError(JwsFault.MALFORMED)
    return found


def write_file(
    typ: str,
    claims: Mapping[str, Any],
    signer: Signer,
    second: Signer | None = None,
    most: int = MAX_BYTES,
) -> str:
    """The file of `claims`, without a final newline, with every signature verified.

    Raises `SigningFailed`: a faulty signature could also give the key away.
    """
    text = _text(typ, claims, signer, second)
    try:
        file = read_file(f"{text}\n".encode(), most)
    except JwsError as error:
        failed = FileTooLarge if error.fault is JwsFault.TOO_LARGE else SigningFailed
        raise failed(f"the file is {error.fault.value}") from error
    for jws, each in ((file.first, signer), (file.second, second)):
        if jws and each and not (is_signed_by(jws, each.public_key) and jws.payload == claims):
            raise SigningFailed("the signature does not verify")
    return text


def file_size(
    typ: str, claims: Mapping[str, Any], signer: Signer, second: Signer | None = None
) -> int:
    """Return how many bytes the file of `claims` has with its final newline; nothing is signed."""
    blank = BlankSigner(second) if second is not None else None
    return len(_text(typ, claims, BlankSigner(signer), blank)) + 1


def _text(typ: str, claims: Mapping[str, Any], signer: Signer, second: Signer | None) -> str:
    lines = [_signed(typ, ALGORITHM, claims, signer)]
    if second is not None:
        head, _, signature = _signed(typ, ML_DSA, claims, second).split(".")
        lines.append(f"{head}..{signature}")
    return "\n".join(lines)


def _signed(typ: str, algorithm: str, claims: Mapping[str, Any], signer: Signer) -> str:
    if algorithm_of(signer.public_key) != algorithm:
        raise SigningFailed(f"not a key of {algorithm}")
    header = {"typ": typ, "alg": algorithm, "kid": thumbprint(signer.public_key)}
    return encode(header, dict(claims), signer.sign)

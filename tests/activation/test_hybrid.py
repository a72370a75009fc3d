"""A portal with a pair of roots: both sign keysets, and a key of each kind signs every file."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from dilithium_py.ml_dsa import ML_DSA_65

from app import clock
from app.activation.batches.manifest_services import build_manifest
from app.activation.checks import doctor_findings
from app.activation.format.jws import MAX_BYTES, decode, decode_base64url
from app.activation.format.keyset_keys import InvalidKeyset, KeysetKey
from app.activation.format.keysets import (
    MAX_KEYS,
    MAX_ML_DSA_KEYS,
    Keyset,
    KeysetOutcome,
    public_jwks,
    read_signed_keyset,
    sign_keyset,
    unsigned_keyset,
)
from app.activation.format.roots import create_ml_dsa_key, public_pem, read_private_pem
from app.activation.format.signed_files import LocalSigner, SigningFailed, read_file
from app.activation.signing import Issuer, Office, build_activation, sign_file
from app.activation.signing_keys.rotation_services import rotate_signing_key
from app.activation.signing_keys.services import import_keyset, open_office, published_keys
from app.settings import Settings
from app.staff.signing_keys.queries import KeyState, list_keys
from licensed_system import signatures, trust
from tests.activation.makers import NOW, issue, key, keyset_key, licensee, product, request
from tests.activation.test_signing_keys import Command, command
from tests.activation.world import place, upload
from tests.conftest import Portal

__all__ = ["command"]


def second_key(name: str) -> MLDSA65PrivateKey:
    """The same key pair for the same name."""
    return MLDSA65PrivateKey.from_seed_bytes(key(name).private_bytes_raw())


ROOT, SECOND_ROOT = key("root"), second_key("root")
ROOTS = (ROOT.public_key(), SECOND_ROOT.public_key())
TRUST = trust.read_roots(b"".join(public_pem(each) for each in ROOTS))


def second_keyset_key(name: str) -> KeysetKey:
    window = keyset_key(name)
    return replace(window, public_key=second_key(name).public_key())


DOCUMENT = unsigned_keyset(3, NOW, [keyset_key("signing"), second_keyset_key("signing")])


def read(data: str, roots: Any = ROOTS) -> Keyset | KeysetOutcome:
    return read_signed_keyset(data.encode(), roots)


def office(keys: list[KeysetKey] | None = None) -> Office:
    document = DOCUMENT if keys is None else unsigned_keyset(3, NOW, keys)
    keyset = read(sign_keyset(document, ROOT, SECOND_ROOT))
    assert isinstance(keyset, Keyset), keyset
    signers = LocalSigner(key("signing")), LocalSigner(second_key("signing"))
    return Office(Issuer("https://portal.example.com", 14, keyset), *signers)


def test_both_roots_sign_a_keyset_with_keys_of_both_kinds() -> None:
    keyset = office().issuer.keyset
    assert keyset.second is not None
    assert [each.algorithm for each in keyset.keys] == ["EdDSA", "ML-DSA-65"]
    assert read(f"{keyset.file}\r\n") == keyset
    second, ed25519 = public_jwks(keyset)["keys"][::-1]
    assert (second["kty"], second["alg"]) == ("AKP", "ML-DSA-65") and "alg" not in ed25519


def test_a_keyset_with_ml_dsa_keys_is_neither_signed_nor_read_with_one_signature() -> None:
    with pytest.raises(InvalidKeyset, match="also needs the root of ML-DSA-65"):
        sign_keyset(DOCUMENT, ROOT)
    with pytest.raises(InvalidKeyset, match="has no keys for"):
        sign_keyset(unsigned_keyset(3, NOW, [keyset_key("signing")]), ROOT, SECOND_ROOT)
    both = sign_keyset(DOCUMENT, ROOT, SECOND_ROOT)
    first, _, _ = both.partition("\n")
    assert read(first) is KeysetOutcome.MISSING_SECOND_SIGNATURE
    assert read(both, ROOTS[:1]) is KeysetOutcome.UNKNOWN_ROOT
    stranger = sign_keyset(DOCUMENT, ROOT, second_key("stranger"))
    assert read(stranger) is KeysetOutcome.UNKNOWN_ROOT
    assert read(f"{both[:-4]}AAAA") is KeysetOutcome.BAD_SIGNATURE
    assert read(f"{both}\n\n") is KeysetOutcome.MALFORMED


def test_every_kind_of_file_carries_both_signatures_and_the_client_verifies_them() -> None:
    claims = {"iss": "x", "iat": int(NOW.timestamp())}
    text = sign_file(office(), "some-list+jwt", claims)
    found = signatures.verify_file(text.encode(), "some-list+jwt", TRUST)
    assert found.keyset_version == 3 and found.claims["iss"] == "x"
    assert list(found.claims)[:2] == ["keyset", "keyset_ml_dsa_65"]


def test_the_list_of_a_batch_is_verified_also_where_its_keys_are_younger_than_its_files() -> None:
    issued_at = NOW - timedelta(days=5)
    text = build_manifest(office(), "D-1001", UUID(int=1), issued_at, [], [])
    found = signatures.verify_file(text.encode(), "activation-manifest+jwt", TRUST)
    assert found.issued_at == NOW


def test_another_implementation_verifies_the_second_line_and_the_keyset() -> None:
    text = sign_file(office(), "some-list+jwt", {"iat": int(NOW.timestamp())})
    first, second = text.split("\n")
    claims = decode(first.encode()).payload
    for whole, detached, private in (
        (first, second, second_key("signing")),
        (claims["keyset"], claims["keyset_ml_dsa_65"], SECOND_ROOT),
    ):
        head, _, signature = detached.partition("..")
        signed = f"{head}.{whole.split('.')[1]}".encode()
        public = private.public_key().public_bytes_raw()
        assert ML_DSA_65.verify(public, signed, decode_base64url(signature))


class Broken(LocalSigner):
    """A key holder that signs something else."""

    def sign(self, data: bytes) -> bytes:
        return super().sign(data + b"!")


def test_a_second_signature_that_does_not_verify_never_leaves() -> None:
    claims = {"iat": int(NOW.timestamp())}
    broken = replace(office(), second=Broken(second_key("signing")))
    with pytest.raises(SigningFailed, match="verify"):
        sign_file(broken, "some-list+jwt", claims)
    unnamed = replace(office(), second=LocalSigner(second_key("other")))
    with pytest.raises(SigningFailed, match="keyset"):
        sign_file(unnamed, "some-list+jwt", claims)


def test_the_largest_keyset_leaves_room_for_a_hundred_products() -> None:
    firsts = [keyset_key(name) for name in ("signing", *map(str, range(11)))]
    seconds = [second_keyset_key(name) for name in ("signing", "a", "b", "c")]
    assert (len(firsts + seconds), len(seconds)) == (MAX_KEYS, MAX_ML_DSA_KEYS)
    with pytest.raises(InvalidKeyset, match="ML-DSA-65"):
        unsigned_keyset(3, NOW, [*seconds, second_keyset_key("d")])
    many = tuple(product(f"P{each}") for each in range(100))
    file = build_activation(
        request(), issue(products=many), licensee(), office([*firsts, *seconds]),
        jti="many", issued_at=NOW,
    )  # fmt: skip
    assert len(file.encode()) < MAX_BYTES


@contextmanager
def hybrid_roots(settings: Settings, folder: Path) -> Iterator[tuple[Settings, MLDSA65PrivateKey]]:
    """The demo's portal after a second root has been added beside the one it has."""
    second = create_ml_dsa_key()
    old = (settings.data_dir / "trust" / "root.pem").read_bytes()
    (folder / "root.pem").write_bytes(old + public_pem(second.public_key()))
    yield replace(settings, trusted_roots=folder), second


def root_of(settings: Settings) -> Any:
    private = settings.data_dir / "trust" / "root-private.pem"
    return read_private_pem(private.read_bytes(), None)


async def test_a_portal_moves_from_one_root_to_two_without_a_pause(
    portal: Portal, tmp_path: Path
) -> None:
    here = await place(portal.settings)
    with hybrid_roots(portal.settings, tmp_path) as (settings, second):
        before = await open_office(settings, clock.now())
        assert before and before.second is None, "it signs on with what it has"
        [finding] = await doctor_findings(settings)
        assert "ML-DSA-65" in finding.message and not finding.fails
        document = await rotate_signing_key(settings)
        kinds = [each["kty"] for each in json.loads(document)["keys"]]
        assert kinds == ["OKP", "OKP", "AKP"]
        signed = sign_keyset(document, root_of(settings), second)
        assert isinstance(await import_keyset(settings, signed.encode()), Keyset)
        assert await doctor_findings(settings) == []
        after = await open_office(settings, clock.now())
        assert after and after.second is not None
        here = replace(here, settings=settings)
        await here.answer(upload())
        file = (await here.rows())[0]["file"].encode()
    roots = trust.read_roots((tmp_path / "root.pem").read_bytes())
    assert roots.are_hybrid
    signatures.verify_file(file, "activation+jwt", roots)
    signatures.verify_file(file, "activation+jwt", replace(roots, ml_dsa={}))


async def test_a_keyset_signed_once_is_refused_where_a_second_root_is_trusted(
    portal: Portal, tmp_path: Path
) -> None:
    signed = sign_keyset(await rotate_signing_key(portal.settings), root_of(portal.settings))
    with hybrid_roots(portal.settings, tmp_path) as (settings, _):
        refused = await import_keyset(settings, signed.encode())
    assert refused is KeysetOutcome.MISSING_SECOND_SIGNATURE


async def test_a_hybrid_portal_that_lost_its_second_key_signs_nothing(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hybrid_roots(portal.settings, tmp_path) as (settings, second):
        document = json.loads(await rotate_signing_key(settings))
        document["keys"][-1]["exp"] = document["keys"][-1]["nbf"] + 86400
        signed = sign_keyset(json.dumps(document).encode(), root_of(settings), second)
        await import_keyset(settings, signed.encode())
        later = clock.now() + timedelta(days=2)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert await open_office(settings, later) is None
        [finding] = await doctor_findings(settings)
        assert "No signing key is currently valid" in finding.message


async def test_the_key_set_of_the_portal_and_the_console_name_both_kinds(
    portal: Portal, tmp_path: Path
) -> None:
    with hybrid_roots(portal.settings, tmp_path) as (settings, second):
        signed = sign_keyset(await rotate_signing_key(settings), root_of(settings), second)
        keyset = await import_keyset(settings, signed.encode())
        published = await published_keys(settings)
    assert isinstance(keyset, Keyset) and published == public_jwks(keyset)
    seen = (await list_keys(keyset)).keys
    states = [(each.algorithm, each.state) for each in seen]
    assert states[:2] == [("EdDSA", KeyState.SIGNS), ("ML-DSA-65", KeyState.SIGNS)]


def test_the_whole_way_with_a_pair_of_roots(command: Command, tmp_path: Path) -> None:
    root, trusted = tmp_path / "offline", tmp_path / "trust"
    document, signed = tmp_path / "keyset.json", tmp_path / "keyset.jwt"
    made = command("init", "--root", root, "--no-passphrase", "--post-quantum")
    assert made.exit_code == 0, made.output
    private = [root / "root-private.pem", root / "root-ml-dsa-65-private.pem"]
    assert [path.stat().st_mode & 0o777 for path in private] == [0o600, 0o600]
    assert all(path.name in made.output for path in private)
    trusted.mkdir()
    (trusted / "root.pem").write_bytes((root / "root.pem").read_bytes())
    assert command("rotate", "--out", document).exit_code == 0
    alone = command("sign", "--root-key", private[0], document, signed)
    assert alone.exit_code == 1 and "also needs the root of ML-DSA-65" in alone.output
    twice = command("sign", "--root-key", private[1], "--root-key", private[1], document, signed)
    assert twice.exit_code == 1 and "one root key of Ed25519" in twice.output
    both = command("sign", "--root-key", private[0], "--root-key", private[1], document, signed)
    assert both.exit_code == 0, both.output
    assert "Keyset 1 with 2 keys is now active" in command("import", signed).output
    kinds = [each["kty"] for each in json.loads(command("export").stdout)["keys"]]
    assert kinds == ["OKP", "AKP"]
    listed = command("list").output
    assert "EdDSA" in listed and "ML-DSA-65" in listed


def test_a_second_root_is_added_once_and_the_first_stays(command: Command, tmp_path: Path) -> None:
    init = ("init", "--root", tmp_path, "--no-passphrase")
    assert command(*init).exit_code == 0
    first = (tmp_path / "root-private.pem").read_bytes()
    public = (tmp_path / "root.pem").read_bytes()
    assert command(*init, "--post-quantum").exit_code == 0
    assert (tmp_path / "root-private.pem").read_bytes() == first
    both = (tmp_path / "root.pem").read_bytes()
    assert both.startswith(public) and both.count(b"BEGIN PUBLIC KEY") == 2
    again = command(*init, "--post-quantum")
    assert again.exit_code == 1 and "already exists" in again.output
    assert (tmp_path / "root.pem").read_bytes() == both


def test_a_file_of_two_lines_is_read_strictly() -> None:
    text = sign_file(office(), "some-list+jwt", {"iat": int(NOW.timestamp())})
    assert read_file(text.replace("\n", "\r\n").encode() + b"\r\n").text == text
    first, second = text.split("\n")
    head, _, signature = second.partition("..")
    payload = first.split(".")[1]
    for wrong in (
        f"{first}\n", f"{first}\n{first}", f"{second}\n{first}", f"{text}\n{second}",
        f"{first}\n{head}.{payload}.{signature}", f"{first}\n{head}...{signature}",
        f"{first}\n {second}", f"{first}\n{second}=", f"{first}\r{second}",
    ):  # fmt: skip
        with pytest.raises(ValueError, match="malformed"):
            read_file(f"{wrong}\n".encode())


async def test_simultaneous_signing_opens_each_key_once(portal: Portal, tmp_path: Path) -> None:
    with hybrid_roots(portal.settings, tmp_path) as (settings, second):
        signed = sign_keyset(await rotate_signing_key(settings), root_of(settings), second)
        await import_keyset(settings, signed.encode())
        offices = await asyncio.gather(*(open_office(settings, clock.now()) for _ in range(4)))
    assert len({id(each.second) for each in offices if each}) == 1

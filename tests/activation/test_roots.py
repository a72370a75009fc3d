"""The root's two files are plain PEM that openssl reads."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from app.activation.format.jws import thumbprint
from app.activation.format.roots import (
    InvalidRoot,
    create_key,
    private_pem,
    public_pem,
    read_private_pem,
    read_public_pems,
)
from tests.missing import missing

ROOT = create_key()


@pytest.mark.parametrize("passphrase", [None, b"offline"])
def test_the_private_part_is_read_with_its_passphrase_only(passphrase: bytes | None) -> None:
    pem = private_pem(ROOT, passphrase)
    assert read_private_pem(pem, passphrase).private_bytes_raw() == ROOT.private_bytes_raw()
    with pytest.raises(InvalidRoot):
        read_private_pem(pem, b"another")


def test_an_encrypted_root_is_not_read_without_a_passphrase() -> None:
    with pytest.raises(InvalidRoot):
        read_private_pem(private_pem(ROOT, b"offline"), None)


def test_a_file_may_hold_several_public_roots() -> None:
    other = create_key()
    pem = b"current\n" + public_pem(ROOT.public_key()) + public_pem(other.public_key())
    assert [thumbprint(each) for each in read_public_pems(pem)] == [
        thumbprint(each.public_key()) for each in (ROOT, other)
    ]


P256 = generate_private_key(SECP256R1())


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"\xff\x00",
        private_pem(ROOT, None),
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        P256.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
)
def test_what_is_no_public_root_is_refused(pem: bytes) -> None:
    with pytest.raises(InvalidRoot):
        read_public_pems(pem)


def test_a_private_key_of_another_kind_is_refused() -> None:
    pem = P256.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(InvalidRoot):
        read_private_pem(pem, None)


def test_openssl_reads_the_encrypted_private_part(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        missing("there is no openssl: install it")
    file = tmp_path / "root-private.pem"
    file.write_bytes(private_pem(ROOT, b"offline"))
    command = ["openssl", "pkey", "-in", str(file), "-passin", "pass:offline", "-pubout"]
    shown = subprocess.run(command, check=True, capture_output=True).stdout
    assert shown == public_pem(ROOT.public_key())

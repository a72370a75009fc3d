"""A certificate authority of the tests' own, and the certificates of its receivers."""

import ssl
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app import clock


@dataclass(frozen=True)
class Authority:
    """What the portal trusts, and what a receiver shows.

    Attributes:
        file: the authority's certificate, as SSL_CERT_FILE takes it.
        trust: a client's context that trusts the authority alone.
        server: a server's context with a certificate for localhost.
    """

    file: Path
    trust: ssl.SSLContext
    server: ssl.SSLContext


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=2))
    )


def make_authority(folder: Path, host: str = "localhost") -> Authority:
    """Make an authority, and a certificate of it for a host."""
    root, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    certificate = (
        _builder("tests", "tests", root.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root, hashes.SHA256())
    )
    names: list[x509.GeneralName] = [x509.DNSName(host), x509.IPAddress(ip_address("127.0.0.1"))]
    shown = (
        _builder(host, "tests", leaf.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(root, hashes.SHA256())
    )
    file, own = folder / "authority.pem", folder / "receiver.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = leaf.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    own.write_bytes(shown.public_bytes(serialization.Encoding.PEM) + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(own)
    return Authority(file, ssl.create_default_context(cafile=str(file)), server)

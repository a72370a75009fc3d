"""A small https proxy in front of the portal, with a certificate of its own making."""

import datetime
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = "portal.test"


def make_certificate(folder: Path) -> Path:
    """A self-signed certificate for HOST with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
    return file


class _Handler(socketserver.BaseRequestHandler):
    """One request a connection: passed on with who asked and how, the answer passed back."""

    server: "_Proxy"

    def handle(self) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            chunk = self.request.recv(65_536)
            if not chunk:
                return
            received += chunk
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        dropped = (b"x-forwarded-", b"connection:")
        kept = [line for line in lines if not line.lower().startswith(dropped)]
        kept += [
            f"X-Forwarded-For: {self.client_address[0]}".encode(),
            b"X-Forwarded-Proto: https",
            b"Connection: close",
        ]
        lengths = [line for line in lines if line.lower().startswith(b"content-length:")]
        length = int(lengths[0].split(b":")[1]) if lengths else 0
        while len(body) < length:
            body += self.request.recv(65_536)
        with socket.create_connection(("127.0.0.1", self.server.upstream)) as upstream:
            upstream.sendall(b"\r\n".join(kept) + b"\r\n\r\n" + body)
            while chunk := upstream.recv(65_536):
                self.request.sendall(chunk)


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, upstream: int, certificate: Path) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.upstream = upstream
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)


@contextmanager
def https_proxy(port: int, upstream: int, certificate: Path) -> Iterator[None]:
    """Listen on `port` and pass everything on to the port `upstream`."""
    with _Proxy(port, upstream, certificate) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            proxy.shutdown()
            thread.join()

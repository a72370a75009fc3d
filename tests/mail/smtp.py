"""A real SMTP server on loopback, which can refuse, delay and drop."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app import clock

USER, PASSWORD = "portal@example.com", "p@ss/wörd:1"


@dataclass
class Mailbox:
    """What the server received, and how it behaves.

    Attributes:
        received: (recipient, message) of every mail that was taken in.
        connections: how many there were.
        recipient_answer, data_answer: said instead of 250, where set.
        held: while not set, nothing is answered after the message.
        reached: set once a message has come.
        drops: how many messages more end with a cut connection.
        on_data: called with the number of messages so far, before the answer.
    """

    received: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    recipient_answer: str = ""
    data_answer: str = ""
    held: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    drops: int = 0
    on_data: Callable[[int], None] | None = None
    port: int = 0

    def __post_init__(self) -> None:
        self.held.set()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or not."""
        if self.recipient_answer:
            return self.recipient_answer.format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the message, or not."""
        self.reached.set()
        await self.held.wait()
        if self.drops:
            self.drops -= 1
            transport: Any = server.transport
            transport.abort()
            return "421 gone"
        if self.data_answer:
            return self.data_answer
        assert isinstance(envelope.original_content, bytes)
        self.received.append((envelope.rcpt_tos[0], envelope.original_content))
        if self.on_data is not None:
            self.on_data(len(self.received))
        return "250 2.0.0 Ok: queued as 12345"


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    right = isinstance(data, LoginPassword) and data == LoginPassword(
        USER.encode(), PASSWORD.encode()
    )
    return AuthResult(success=right, handled=False)


@asynccontextmanager
async def smtp_server(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, auth: bool = False
) -> AsyncIterator[Mailbox]:
    """The server while the block runs; its port is in the mailbox."""
    mailbox = Mailbox()

    def connect() -> SMTP:
        mailbox.connections += 1
        return SMTP(
            mailbox,
            hostname="mail.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=_authenticate if auth else None,
            auth_required=auth,
            auth_require_tls=starttls is not None,
            enable_SMTPUTF8=False,
        )

    server = await asyncio.get_running_loop().create_server(connect, "127.0.0.1", 0, ssl=tls)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        mailbox.held.set()
        server.close()


def make_tls(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context

"""The portal's settings, and what can be asked of them."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class SettingsError(Exception):
    """A setting is missing or has a value that cannot work. The message says what to do."""


@dataclass(frozen=True)
class SmtpServer:
    """The mail server that takes the portal's mails.

    Attributes:
        tls: whether the connection begins with TLS (smtps).
        starttls: whether TLS begins with STARTTLS: auto, require or never.
    """

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    tls: bool
    starttls: str

    @property
    def local(self) -> bool:
        """Whether nothing lies between the portal and the server."""
        return self.host in LOOPBACK

    @property
    def tls_required(self) -> bool:
        """Whether nothing is sent in clear, whatever the server offers."""
        return self.tls or self.starttls == "require"


@dataclass(frozen=True)
class Settings:
    """The portal's settings.

    Attributes:
        data_dir: folder of everything the portal keeps outside an external PostgreSQL.
        base_url: the address people use, without a trailing slash; links are built from it.
        host: address the server binds.
        port: TCP port the server binds.
        database_url: DSN of the running role, or None for the embedded server.
        migrate_url: DSN of the owning role, where it differs from the running one.
        workers: number of server processes.
        demo: whether the demo world and its helps are shown.
        trusted_proxies: addresses whose forwarded headers count.
        secret_file: what encrypts parked forms and waiting mails; made at the first start.
        key_passphrase: passphrase under which signing keys rest.
        trusted_roots: folder or file with the public root keys (PEM).
        storage_url: the object store of downloads, or None for a folder below `data_dir`.
        smtp: the server that takes mails, or None to keep them as files.
        mail_from: address that mails come from.
        delivers_mail: whether the server processes deliver mails themselves.
        metrics_token: what monitoring shows to read /metrics, or None without a such page.
        provider_addresses: private networks in which identity providers may be.
        provider_ca_file: certificate authorities that count for identity providers beside the
            machine's, or None.
        webhook_addresses: private networks that webhooks may reach all the same.
        security_fix_months: how long security fixes can be downloaded after a term.
        dns_servers: address and port of the name servers that domains are verified by; none for
            those of the machine.
    """

    data_dir: Path
    base_url: str
    host: str
    port: int
    database_url: str | None
    migrate_url: str | None
    workers: int
    demo: bool
    trusted_proxies: tuple[str, ...]
    secret_file: Path
    key_passphrase: bytes | None
    trusted_roots: Path
    storage_url: str | None
    smtp: SmtpServer | None
    mail_from: str
    delivers_mail: bool
    metrics_token: bytes | None = field(repr=False)
    provider_addresses: tuple[str, ...] = ()
    provider_ca_file: Path | None = None
    webhook_addresses: tuple[str, ...] = ()
    security_fix_months: int = 6
    dns_servers: tuple[tuple[str, int], ...] = ()

    @property
    def https(self) -> bool:
        """Whether people reach the portal over https."""
        return self.base_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """Name of the session cookie.

        Over plain http the port is part of the name, so that two demos on one machine
        do not sign each other out: cookies do not know ports.
        """
        return "__Host-session" if self.https else f"session-{self.port}"

    @property
    def pending_cookie(self) -> str:
        """Name of the cookie of a log-in that waits for its second factor."""
        return "__Host-sign-in" if self.https else f"sign-in-{self.port}"

    @property
    def provider_cookie(self) -> str:
        """Name of the cookie of a browser that signs in through an identity provider."""
        return "__Host-single-sign-on" if self.https else f"single-sign-on-{self.port}"

    @property
    def place_cookie(self) -> str:
        """Name of the cookie of a browser that has to wait before a sign-in."""
        return "__Host-place" if self.https else f"place-{self.port}"

    @property
    def device_cookie(self) -> str:
        """Name of the cookie of a browser that a person has signed in with before."""
        return "__Host-device" if self.https else "device"

    @property
    def language_cookie(self) -> str:
        """Name of the cookie of the chosen language."""
        return "__Host-language" if self.https else "language"

    @property
    def origin(self) -> str:
        """Scheme and host of base_url, as browsers send them in Origin."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

"""Reading the settings from environment variables, once; a wrong value names what to do."""

import os
from collections.abc import Mapping
from pathlib import Path
from ssl import create_default_context
from urllib.parse import parse_qs, unquote, urlsplit

from app.addresses import WrongAddress, normal_address
from app.outgoing import HIGHEST_PORT, read_networks, read_servers
from app.settings.values import LOOPBACK, Settings, SettingsError, SmtpServer

STARTTLS = ("auto", "require", "never")
STORES = {"s3", "gs", "az"}
SHORTEST_TOKEN = 32
MOST_WORKERS = 999
MOST_FIX_MONTHS = 120


def _number(
    environ: Mapping[str, str], name: str, default: int, highest: int, lowest: int = 1
) -> int:
    value = environ.get(name, "").strip()
    if not value:
        return default
    # The length first: Python refuses to read very long numbers.
    digits = value.isascii() and value.isdigit() and len(value) <= len(str(highest))
    if not digits or not lowest <= int(value) <= highest:
        raise SettingsError(
            f"{name} must be a whole number from {lowest} to {highest}, not {value!r}."
        )
    return int(value)


def _own_address(host: str, port: int) -> str:
    """Return the address of the portal where PORTAL_BASE_URL does not give one."""
    name = host if host in LOOPBACK else "127.0.0.1"
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _base_url(environ: Mapping[str, str]) -> str | None:
    """Return the address that people use, as browsers write it; None if it is not set."""
    given = environ.get("PORTAL_BASE_URL")
    if not given:
        return None
    try:
        return normal_address(given)
    except WrongAddress as error:
        raise SettingsError(f"PORTAL_BASE_URL {error}") from None


def _passphrase(environ: Mapping[str, str]) -> bytes | None:
    if file := environ.get("PORTAL_KEY_PASSPHRASE_FILE"):
        return Path(file).read_bytes().strip()
    value = environ.get("PORTAL_KEY_PASSPHRASE")
    return value.encode() if value else None


def _metrics_token(environ: Mapping[str, str]) -> bytes | None:
    file = environ.get("PORTAL_METRICS_TOKEN_FILE")
    if not file:
        return None
    token = Path(file).read_bytes().strip()
    if len(token) < SHORTEST_TOKEN or len(token.split()) != 1:
        raise SettingsError(
            f"The file in PORTAL_METRICS_TOKEN_FILE ({file}) must contain one word of at least"
            f" {SHORTEST_TOKEN} characters, such as the output of `openssl rand -hex 32`."
        )
    return token


def _networks(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    try:
        return read_networks(environ.get(name, ""))
    except ValueError as error:
        raise SettingsError(
            f"{name} must be networks with commas between, such as 10.1.0.0/16, fd00:1::/64:"
            f" {error}."
        ) from None


def _provider_ca_file(environ: Mapping[str, str]) -> Path | None:
    given = environ.get("PORTAL_PROVIDER_CA_FILE")
    if not given:
        return None
    file = Path(given).resolve()
    try:
        # Now, not at a sign-in.
        create_default_context().load_verify_locations(file)
    except OSError as error:
        raise SettingsError(
            f"PORTAL_PROVIDER_CA_FILE must name a file of PEM certificates, not {given!r}: {error}."
        ) from None
    return file


def _smtp_server(environ: Mapping[str, str]) -> SmtpServer | None:
    """The server of PORTAL_SMTP_URL: smtp[s]://[user:password@]host[:port][?starttls=…]."""
    url = environ.get("PORTAL_SMTP_URL")
    if not url:
        return None
    wrong = SettingsError(
        "PORTAL_SMTP_URL must be an address like smtp://user:password@mail.example.com:587, "
        "with the user and password percent-encoded. Use smtps:// to start with TLS, and "
        "?starttls=require, auto or never to control STARTTLS."
    )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    starttls = parse_qs(parts.query).get("starttls", [""])[0]
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise wrong
    if starttls not in {"", *STARTTLS} or (parts.scheme == "smtps" and starttls):
        raise wrong
    # A password is not sent in clear over a network, unless the setting says `never` explicitly.
    usual = "require" if parts.username and parts.hostname not in LOOPBACK else "auto"
    tls = parts.scheme == "smtps"
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if parts.scheme == "smtps" else 587 if parts.username else 25),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
        starttls="never" if tls else starttls or usual,
    )


def _storage_url(environ: Mapping[str, str]) -> str | None:
    url = environ.get("PORTAL_STORAGE_URL")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in STORES or not parts.netloc or parts.query:
        raise SettingsError(
            "PORTAL_STORAGE_URL must be an address like s3://bucket/folder, gs://bucket/folder or "
            "az://account/container. Keys and endpoint come from the provider's usual variables, "
            "such as AWS_ACCESS_KEY_ID and AWS_ENDPOINT_URL. Remove it to store files in "
            "PORTAL_DATA_DIR."
        )
    return url


def _dns_servers(environ: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    given = environ.get("PORTAL_DNS_SERVERS", "")
    try:
        return read_servers(given)
    except ValueError:
        raise SettingsError(
            "PORTAL_DNS_SERVERS must be IP addresses with commas between, such as 192.0.2.53 or"
            f" [2001:db8::53]:53, not {given!r}."
        ) from None


def _mail_from(environ: Mapping[str, str], base_url: str) -> str:
    host = urlsplit(base_url).hostname or ""
    # An address needs a domain; an IP address, as in the demo, is none.
    domain = host if any(c.isalpha() for c in host) and ":" not in host else "localhost"
    address = environ.get("PORTAL_MAIL_FROM") or f"no-reply@{domain}"
    local, _, domain = address.rpartition("@")
    if not (local and domain and address.isascii() and address.isprintable()) or "<" in address:
        raise SettingsError("PORTAL_MAIL_FROM must be an email address like portal@example.com.")
    return address


def read_settings(environ: Mapping[str, str] = os.environ, *, demo: bool = False) -> Settings:
    """Read the settings from environment variables.

    Raises:
        SettingsError: where a value cannot work.
    """
    data_dir = Path(environ.get("PORTAL_DATA_DIR") or "var").resolve()
    host = environ.get("PORTAL_HOST") or "127.0.0.1"
    port = _number(environ, "PORTAL_PORT", 8000, HIGHEST_PORT)
    base_url = _base_url(environ) or _own_address(host, port)
    if base_url.startswith("http://") and host not in LOOPBACK:
        raise SettingsError(
            "Plain http works only on this machine. Remove PORTAL_HOST, "
            "or set PORTAL_BASE_URL to the https address of the proxy in front."
        )
    demo = demo or environ.get("PORTAL_DEMO") == "1"
    if demo and base_url.startswith("https://"):
        raise SettingsError(
            "Everyone knows the passwords of the demo, so it must only be used on this machine. "
            "PORTAL_BASE_URL is an https address, as used for a portal in production. Remove it."
        )
    proxies = environ.get("PORTAL_TRUSTED_PROXIES", "")
    roots = environ.get("PORTAL_TRUSTED_ROOTS")
    return Settings(
        data_dir=data_dir,
        base_url=base_url,
        host=host,
        port=port,
        database_url=environ.get("PORTAL_DATABASE_URL") or None,
        migrate_url=environ.get("PORTAL_MIGRATE_URL") or None,
        workers=_number(environ, "PORTAL_WORKERS", 1, MOST_WORKERS),
        demo=demo,
        trusted_proxies=tuple(p.strip() for p in proxies.split(",") if p.strip()),
        secret_file=Path(environ.get("PORTAL_SECRET_FILE") or data_dir / "secret").resolve(),
        key_passphrase=_passphrase(environ),
        trusted_roots=Path(roots).resolve() if roots else data_dir / "trust",
        storage_url=_storage_url(environ),
        smtp=_smtp_server(environ),
        mail_from=_mail_from(environ, base_url),
        delivers_mail=environ.get("PORTAL_DELIVERS_MAIL") != "0",
        metrics_token=_metrics_token(environ),
        provider_addresses=_networks(environ, "PORTAL_PROVIDER_ADDRESSES"),
        provider_ca_file=_provider_ca_file(environ),
        webhook_addresses=_networks(environ, "PORTAL_WEBHOOK_ADDRESSES"),
        security_fix_months=_number(
            environ, "PORTAL_SECURITY_FIX_MONTHS", 6, MOST_FIX_MONTHS, lowest=0
        ),
        dns_servers=_dns_servers(environ),
    )

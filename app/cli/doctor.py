"""What `portal doctor` says of the whole portal: settings, clock, keys, files, mail, the secret."""

import os
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from app import clock
from app.accounts.factors.secret_services import count_lost_apps, count_lost_forms
from app.activation.checks import Finding
from app.activation.checks import doctor_findings as signing_key_findings
from app.database import fetch_value
from app.encryption import SECRET_BYTES, read_secret
from app.mail.couriers import NotDelivered, SmtpCourier
from app.mail.services import count_lost_mails
from app.settings import LOOPBACK, Settings
from app.storage import storage_problems

CLOCKS_APART = timedelta(seconds=5)


async def findings(settings: Settings) -> list[Finding]:
    """Everything that an operator has to look after now."""
    return [
        *_setting_findings(settings),
        *await _clock_findings(),
        *await signing_key_findings(settings),
        *[Finding(problem, True) for problem in await storage_problems(settings)],
        *await _mail_findings(settings),
        *await _secret_findings(settings),
    ]


def _setting_findings(settings: Settings) -> list[Finding]:
    """Settings that each can be, and together or for customers cannot."""
    if settings.demo:
        return []
    found = []
    if not settings.https:
        found.append(
            "PORTAL_BASE_URL is plain http: only people on this machine reach the portal. Put a"
            " proxy with TLS in front and set PORTAL_BASE_URL to its https address."
        )
    elif not settings.trusted_proxies:
        found.append(
            "PORTAL_TRUSTED_PROXIES is not set, so all people seem to come from the proxy's"
            " address and slow each other's log-in down. Set it to that address."
        )
    if settings.database_url and not settings.migrate_url:
        found.append(
            "PORTAL_MIGRATE_URL is not set: the role that runs the portal owns its tables, and"
            " could change the audit log. Make a second role as docs/operations.md says."
        )
    found += _connection_findings(settings)
    if settings.storage_url is None and settings.database_url:
        found.append(
            "PORTAL_STORAGE_URL is not set: files lie on this machine alone. That is right for"
            " one machine; several need an object store."
        )
    return [Finding(each, False) for each in found]


def _connection_findings(settings: Settings) -> list[str]:
    """Connections that leave the machine in clear, or to an unverified server."""
    found = []
    if settings.host not in LOOPBACK:
        found.append(
            f"PORTAL_HOST is {settings.host}: the way from the proxy is plain http. Leave it out,"
            " and let the proxy run on this machine."
        )
    unchecked = {
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_MIGRATE_URL": settings.migrate_url,
    }
    found += [
        f"{name} leads over a network, and nobody checks who answers there. Add"
        " ?sslmode=verify-full&sslrootcert=FILE, the file being the authority's certificate."
        for name, url in unchecked.items()
        if url and not is_safe_way(url)
    ]
    if settings.smtp and not (settings.smtp.local or settings.smtp.tls_required):
        found.append(
            "PORTAL_SMTP_URL lets mails leave in clear where the mail server offers no TLS. Add"
            " ?starttls=require."
        )
    return found


def is_safe_way(url: str) -> bool:
    """Whether a database's address stays on this machine, or has its certificate checked."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    [host] = asked.get("host", [parts.hostname or ""])[-1:]
    if not host or host.startswith("/") or host in LOOPBACK:
        return True
    [mode] = asked.get("sslmode", [os.environ.get("PGSSLMODE", "")])[-1:]
    return mode == "verify-full"


async def _clock_findings() -> list[Finding]:
    here = clock.now()
    apart = abs(await fetch_value("select clock_timestamp()") - here)
    if apart <= CLOCKS_APART:
        return []
    return [
        Finding(
            f"The clocks of this machine and of the database are {apart.total_seconds():.0f} s"
            " apart: links and licenses would end too early or too late. Let both keep the time"
            " by NTP.",
            True,
        )
    ]


async def _mail_findings(settings: Settings) -> list[Finding]:
    if settings.smtp is not None:
        try:
            await SmtpCourier(settings.smtp, step_seconds=10.0).greet(settings.mail_from)
        except NotDelivered as error:
            return [
                Finding(
                    f"The mail server {settings.smtp.host}:{settings.smtp.port} cannot be used:"
                    f" {error.words}. Check PORTAL_SMTP_URL, and whether a firewall lets this"
                    " machine through. Mails wait meanwhile.",
                    True,
                )
            ]
        return []
    if settings.demo:
        return []
    return [
        Finding(
            f"PORTAL_SMTP_URL is not set: mails reach nobody, they become files in"
            f" {settings.data_dir / 'mail'}. Set it to your mail server, such as"
            " smtp://user:password@mail.example.com:587.",
            False,
        )
    ]


async def _secret_findings(settings: Settings) -> list[Finding]:
    secret = read_secret(settings.secret_file)
    if len(secret) < SECRET_BYTES:
        wrong = f"{settings.secret_file} is too short to be the portal's secret."
        return [Finding(f"{wrong} Put the right file back.", True)]
    lost = {
        "authenticator apps": await count_lost_apps(secret),
        "mails": await count_lost_mails(secret),
        "kept forms": await count_lost_forms(secret),
    }
    told = ", ".join(f"{count:,} {what}" for what, count in lost.items() if count)
    if not told:
        return []
    return [
        Finding(
            f"Encrypted under another secret than {settings.secret_file}: {told}. Put the earlier"
            " file back. If it is lost, people whose app is among them log in with a recovery"
            " code or a passkey and set the app up anew; the rest runs out by itself.",
            False,
        )
    ]

"""What `portal doctor` says of the whole portal: settings, clock, keys, files, mail, the secret."""

import os
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from app import clock
from app.accounts.factors.secret_services import count_lost_apps, count_lost_forms
from app.activation.checks import Finding
from app.activation.checks import doctor_findings as signing_key_findings
from app.database import DatabaseReadOnly, fetch_value
from app.database.connecting import each_host
from app.database.migrate import missing_migrations
from app.encryption import read_secret
from app.mail.couriers import NotDelivered, SmtpCourier
from app.mail.services import count_lost_mails
from app.secret.services import WrongSecret, find_fingerprint, read_fingerprint
from app.settings import LOOPBACK, Settings
from app.single_sign_on.provider_services import count_lost_secrets
from app.storage import storage_problems
from app.webhooks.secret_services import count_lost_webhooks

# Functions of ours that look where others may put something.
TRUSTING = """
    select string_agg(p.proname, ', ' order by p.proname) from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      and not coalesce('search_path=pg_catalog, public, pg_temp' = any (p.proconfig), false)
"""
TEMPORARY = """
    select has_database_privilege(current_database(), 'temporary')
       and (select datdba <> current_user::regrole from pg_database
            where datname = current_database())
"""
CLOCKS_APART = timedelta(seconds=5)


async def findings(settings: Settings) -> list[Finding]:
    """Everything that an operator has to look after now. Changes nothing."""
    if missing := await missing_migrations():
        return [
            *setting_findings(settings),
            Finding(
                f"The database lacks {missing} migrations of this version. Run `portal migrate`.",
                True,
            ),
        ]
    return [
        *setting_findings(settings),
        *await _database_findings(),
        *await _clock_findings(),
        *await signing_key_findings(settings),
        *[Finding(problem, True) for problem in await storage_problems(settings)],
        *await _mail_findings(settings),
        *await _secret_findings(settings),
    ]


def setting_findings(settings: Settings) -> list[Finding]:
    """Settings that each can be, and together or for customers cannot."""
    if settings.demo:
        return []
    found = []
    if not settings.https:
        found.append(
            "PORTAL_BASE_URL is plain http, so only people on this machine can reach the portal."
            " Put a proxy with TLS in front and set PORTAL_BASE_URL to its https address."
        )
    elif not settings.trusted_proxies:
        found.append(
            "PORTAL_TRUSTED_PROXIES is not set, so all users seem to come from the proxy's address"
            " and share its sign-in limits. Set it to that address."
        )
    if settings.database_url and not settings.migrate_url:
        found.append(
            "PORTAL_MIGRATE_URL is not set. The role that runs the portal owns its tables and could"
            " change the audit log. Create a second role as described in docs/operations.md."
        )
    found += _connection_findings(settings)
    if settings.storage_url is None and settings.database_url:
        found.append(
            "PORTAL_STORAGE_URL is not set, so files are stored on this machine only. With several"
            " machines, use an object store."
        )
    return [Finding(each, False) for each in found]


def _connection_findings(settings: Settings) -> list[str]:
    """Connections that leave the machine in clear, or to an unverified server."""
    found = []
    if settings.host not in LOOPBACK:
        found.append(
            f"PORTAL_HOST is {settings.host}, so the connection from the proxy is plain http."
            " Remove PORTAL_HOST and run the proxy on this machine."
        )
    unchecked = {
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_MIGRATE_URL": settings.migrate_url,
    }
    found += [
        f"{name} connects over a network without checking the server's identity. Add"
        " ?sslmode=verify-full&sslrootcert=FILE, where FILE is the CA certificate."
        for name, url in unchecked.items()
        if url and not is_safe_way(url)
    ]
    if settings.smtp and not (settings.smtp.local or settings.smtp.tls_required):
        found.append(
            "PORTAL_SMTP_URL sends emails unencrypted if the mail server offers no TLS. Add"
            " ?starttls=require."
        )
    return found


def is_safe_way(url: str) -> bool:
    """Whether a database's address stays on this machine, or has its certificate checked."""
    return all(_is_safe_host(each) for each in each_host(url))


def _is_safe_host(url: str) -> bool:
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
            f"The clocks of this machine and the database differ by {apart.total_seconds():.0f} s,"
            " so links and licenses can end too early or too late. Synchronize both with NTP.",
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
                    f"Cannot use the mail server {settings.smtp.host}:{settings.smtp.port}:"
                    f" {error.words}. Check PORTAL_SMTP_URL and the firewall. Emails stay in the"
                    " queue until then.",
                    True,
                )
            ]
        return []
    if settings.demo:
        return []
    return [
        Finding(
            "PORTAL_SMTP_URL is not set. Emails are not sent but written to files in"
            f" {settings.data_dir / 'mail'}. Set it to your mail server, such as"
            " smtp://user:password@mail.example.com:587.",
            False,
        )
    ]


async def _database_findings() -> list[Finding]:
    """What the database lets happen that it should not."""
    if await fetch_value("select current_setting('transaction_read_only') = 'on'"):
        return [Finding(f"{DatabaseReadOnly()}.", True)]
    found = []
    if trusting := await fetch_value(TRUSTING):
        found.append(
            f"These functions of the database trust the caller's search_path: {trusting}. Run"
            " `portal migrate` with the version that made them."
        )
    if await fetch_value(TEMPORARY):
        found.append(
            "The portal's role may make temporary tables, which nothing needs. As the database's"
            " owner, run: revoke temporary on database DATABASE from public"
        )
    return [Finding(each, False) for each in found]


async def _secret_findings(settings: Settings) -> list[Finding]:
    try:
        found = read_fingerprint(settings.secret_file)
    except WrongSecret as error:
        return [Finding(str(error), True)]
    noted = await find_fingerprint()
    secret = read_secret(settings.secret_file)
    lost = {
        "authenticator apps": await count_lost_apps(secret),
        "emails": await count_lost_mails(secret),
        "saved forms": await count_lost_forms(secret),
        "client secrets of single sign-on": await count_lost_secrets(secret),
        "webhooks": await count_lost_webhooks(secret),
    }
    lost_things = ", ".join(f"{count:,} {what}" for what, count in lost.items() if count)
    other = noted is not None and noted != found
    if not (lost_things or other):
        return []
    what = f": {lost_things}" if lost_things else ""
    return [
        Finding(
            f"Encrypted with a different secret than {settings.secret_file}{what}. Restore the"
            " earlier file. If it is lost, run `portal renew-secret`; users with an affected app"
            " sign in with a recovery code or a passkey and set up the app again. Emails and saved"
            " forms expire by themselves; webhooks pause, and their owners enter the address again"
            " and create a new secret.",
            other,
        )
    ]

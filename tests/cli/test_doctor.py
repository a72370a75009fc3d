"""`portal doctor` looks at keys, at mail, and at what rests under the portal's secret."""

import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app import clock
from app.cli.doctor import findings, is_safe_way
from app.database import fetch
from app.settings import Settings, SmtpServer
from tests.accounts.factors import add_app
from tests.accounts.test_parked_forms import FORM, NEW, expire
from tests.conftest import Portal
from tests.mail.kills import write_mails
from tests.mail.smtp import smtp_server
from tests.servers import free_port

SMTP = SmtpServer("mail.example.com", 587, None, None, tls=False, starttls="auto")


async def told(settings: Settings, about: str) -> list[str]:
    return [str(finding) for finding in await findings(settings) if about in str(finding)]


async def test_it_warns_without_a_mail_server_outside_the_demo(portal: Portal) -> None:
    assert await findings(portal.settings) == [], "the demo needs none"
    real = replace(portal.settings, demo=False)
    [warning] = await told(real, "PORTAL_SMTP_URL")
    assert warning.startswith("warning: ") and "smtp://" in warning
    async with smtp_server() as mailbox:
        there = replace(SMTP, host="127.0.0.1", port=mailbox.port)
        assert await told(replace(real, smtp=there), "SMTP") == []
        assert mailbox.connections == 1 and not mailbox.received


async def test_it_connects_to_the_mail_server(portal: Portal) -> None:
    nobody = replace(SMTP, host="127.0.0.1", port=free_port())
    [error] = await told(replace(portal.settings, smtp=nobody), "mail server")
    assert error.startswith("error: ") and "PORTAL_SMTP_URL" in error


async def test_it_warns_of_settings_that_do_not_fit_together(portal: Portal) -> None:
    real = replace(portal.settings, demo=False)
    assert len(await told(real, "plain http")) == 1
    https = replace(real, base_url="https://portal.example.com")
    assert await told(https, "plain http") == []
    assert len(await told(https, "PORTAL_TRUSTED_PROXIES")) == 1
    one_role = replace(https, trusted_proxies=("127.0.0.1",), database_url=portal.dsn)
    assert await told(one_role, "PORTAL_TRUSTED_PROXIES") == []
    assert len(await told(one_role, "PORTAL_MIGRATE_URL")) == 1
    assert len(await told(one_role, "PORTAL_STORAGE_URL")) == 1


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("postgresql://portal@127.0.0.1/portal", True),
        ("postgresql://portal@[::1]:5432/portal", True),
        ("postgresql://portal@/portal?host=/run/postgresql", True),
        ("postgresql:///portal", True),
        ("postgresql://portal@db.example.com/portal", False),
        ("postgresql://portal@db.example.com/portal?sslmode=require", False),
        ("postgresql://portal@/portal?host=db.example.com", False),
        ("postgresql://portal@db.example.com/portal?sslmode=verify-full", True),
    ],
)
def test_a_database_beyond_this_machine_has_its_certificate_checked(url: str, safe: bool) -> None:
    assert is_safe_way(url) is safe


async def test_it_warns_of_connections_in_clear(portal: Portal) -> None:
    https = replace(portal.settings, demo=False, base_url="https://portal.example.com")
    far = replace(https, database_url="postgresql://portal@db.example.com/portal")
    assert len(await told(far, "sslmode=verify-full")) == 1
    assert len(await told(replace(https, host="0.0.0.0"), "PORTAL_HOST")) == 1
    clear = replace(SMTP, host="mail.invalid", port=free_port())
    assert len(await told(replace(https, smtp=clear), "starttls=require")) == 1
    strict = replace(clear, starttls="require")
    assert await told(replace(https, smtp=strict), "starttls=require") == []
    assert await told(https, "unencrypted") == await told(https, "verify-full") == []


async def test_it_compares_the_clock_with_the_databases(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await told(portal.settings, "clocks") == []
    late = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: late)
    [error] = await told(portal.settings, "clocks")
    assert error.startswith("error: ") and " by 120 s" in error.replace("119 s", "120 s")


async def test_it_says_what_is_encrypted_under_a_lost_secret(
    portal: Portal, owner: httpx.AsyncClient, tmp_path: Path
) -> None:
    await add_app(owner)
    await fetch("delete from mail")
    await write_mails(portal.settings, 3)
    await expire()
    await owner.post(NEW, data=FORM)
    assert await told(portal.settings, "Encrypted") == []
    other = tmp_path / "secret"
    other.write_bytes(secrets.token_bytes(32))
    [warning] = await told(replace(portal.settings, secret_file=other), "Encrypted")
    assert "1 authenticator apps, 3 emails, 1 saved forms" in warning


async def test_it_fails_on_a_file_that_is_no_secret(portal: Portal, tmp_path: Path) -> None:
    short = tmp_path / "secret"
    short.write_bytes(b"short")
    [error] = await told(replace(portal.settings, secret_file=short), "too short")
    assert error.startswith("error: ")

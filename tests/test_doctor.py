"""`portal doctor` looks at keys, at mail, and at what rests under the portal's secret."""

import secrets
from dataclasses import replace
from pathlib import Path

import httpx

from app.database import fetch
from app.doctor import findings
from app.settings import Settings, SmtpServer
from tests.accounts.factors import add_app
from tests.accounts.test_parked_forms import FORM, NEW, expire
from tests.conftest import Portal
from tests.mail.kills import write_mails

SMTP = SmtpServer("mail.example.com", 587, None, None, tls=False, starttls="auto")


async def told(settings: Settings, about: str) -> list[str]:
    return [str(finding) for finding in await findings(settings) if about in str(finding)]


async def test_it_warns_without_a_mail_server_outside_the_demo(portal: Portal) -> None:
    assert await findings(portal.settings) == [], "the demo needs none"
    real = replace(portal.settings, demo=False)
    [warning] = await told(real, "PORTAL_SMTP_URL")
    assert warning.startswith("warning: ") and "smtp://" in warning
    assert await told(replace(real, smtp=SMTP), "PORTAL_SMTP_URL") == []


async def test_it_says_what_is_sealed_under_a_lost_secret(
    portal: Portal, owner: httpx.AsyncClient, tmp_path: Path
) -> None:
    await add_app(owner)
    await fetch("delete from mail")
    await write_mails(portal.settings, 3)
    await expire()
    await owner.post(NEW, data=FORM)
    assert await told(portal.settings, "Sealed") == []
    other = tmp_path / "secret"
    other.write_bytes(secrets.token_bytes(32))
    [warning] = await told(replace(portal.settings, secret_file=other), "Sealed")
    assert "1 authenticator apps, 3 mails, 1 kept forms" in warning


async def test_it_fails_on_a_file_that_is_no_secret(portal: Portal, tmp_path: Path) -> None:
    short = tmp_path / "secret"
    short.write_bytes(b"short")
    [error] = await told(replace(portal.settings, secret_file=short), "too short")
    assert error.startswith("error: ")

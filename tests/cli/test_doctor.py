"""`portal doctor` looks at keys, at mail, and at what rests under the portal's secret."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest

from app import clock
from app.cli.doctor import findings, is_safe_way
from app.database import fetch, fetch_value, unit_of_work
from app.database.migrate import missing_migrations
from app.settings import Settings, SmtpServer
from tests.accounts.factors import add_app
from tests.accounts.test_parked_forms import FORM, NEW, expire
from tests.conftest import Portal, Stage
from tests.mail.kills import write_mails
from tests.mail.smtp import smtp_server
from tests.outside_demo.site import run_portal
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


async def test_a_missing_or_wrong_secret_is_an_error_and_no_other_is_made(
    portal: Portal, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    [error] = await told(replace(portal.settings, secret_file=file), "is missing")
    assert error.startswith("error: ") and not file.exists()
    file.write_bytes(secrets.token_bytes(32))
    [error] = await told(replace(portal.settings, secret_file=file), "different secret")
    assert error.startswith("error: ") and "renew-secret" in error


async def test_it_says_that_a_read_only_database_takes_no_changes(portal: Portal) -> None:
    async with unit_of_work():
        await fetch("set transaction read only")
        [error] = await told(portal.settings, "read-only")
    assert error.startswith("error: ")


async def test_it_says_what_was_not_migrated_and_does_not_migrate(
    stage: Stage, portal: Portal
) -> None:
    owner = await asyncpg.connect(stage.owner_dsn(portal.dsn))
    try:
        await owner.execute("delete from migration where name = (select max(name) from migration)")
    finally:
        await owner.close()
    environ = {
        "PORTAL_DATABASE_URL": portal.dsn,
        "PORTAL_MIGRATE_URL": stage.owner_dsn(portal.dsn),
        "PORTAL_DATA_DIR": str(portal.settings.data_dir),
    }
    done = await asyncio.to_thread(run_portal, "doctor", **environ)
    assert done.returncode == 1 and "lacks 1 migrations" in done.stdout
    assert await missing_migrations() == 1


async def test_it_says_in_one_line_that_the_database_is_away_beside_what_else_it_sees(
    tmp_path: Path,
) -> None:
    url = f"postgresql://portal:secret@127.0.0.1:{free_port()}/portal"
    environ = {"PORTAL_DATABASE_URL": url, "PORTAL_DATA_DIR": str(tmp_path)}
    done = await asyncio.to_thread(run_portal, "doctor", **environ)
    errors = [line for line in done.stdout.splitlines() if line.startswith("error: ")]
    assert done.returncode == 1 and len(errors) == 1 and "Cannot connect" in errors[0]
    assert "warning: PORTAL_MIGRATE_URL is not set" in done.stdout


async def test_it_mentions_a_missing_root(portal: Portal, tmp_path: Path) -> None:
    await fetch("delete from keyset")
    bare = replace(portal.settings, trusted_roots=tmp_path / "none")
    [warning] = await told(bare, "root.pem")
    assert str(tmp_path / "none") in warning


async def test_it_warns_where_the_running_role_may_make_temporary_tables(
    stage: Stage, portal: Portal
) -> None:
    """PostgreSQL's default, which a copy of a database has again."""
    name = await fetch_value("select current_database()")
    owner = await asyncpg.connect(stage.owner_dsn(portal.dsn))
    try:
        await owner.execute(f"grant temporary on database {name} to public")
        [warning] = await told(portal.settings, "temporary tables")
        assert warning.startswith("warning: ")
        await owner.execute(f"revoke temporary on database {name} from public")
        assert await told(portal.settings, "temporary tables") == []
        await owner.execute("alter function keep_quota() reset search_path")
        [warning] = await told(portal.settings, "search_path")
        assert "keep_quota" in warning
    finally:
        await owner.close()


async def test_it_fails_on_a_file_that_is_no_secret(portal: Portal, tmp_path: Path) -> None:
    short = tmp_path / "secret"
    short.write_bytes(b"short")
    [error] = await told(replace(portal.settings, secret_file=short), "too short")
    assert error.startswith("error: ")

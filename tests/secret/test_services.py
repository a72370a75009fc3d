"""The secret file and the database belong together, and nothing makes another one in silence."""

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from app.database import close_pool, fetch, fetch_value, open_pool
from app.database.migrate import migrate
from app.secret.services import WrongSecret, find_fingerprint, know_secret, renew_secret
from app.settings import Settings, read_settings
from tests.conftest import Portal, Stage, in_database


@pytest.fixture
def other(portal: Portal, tmp_path: Path) -> Settings:
    """The portal's settings, with a secret file that is not there."""
    return replace(portal.settings, secret_file=tmp_path / "secret")


async def test_a_missing_file_is_told_and_not_made_again(other: Settings) -> None:
    with pytest.raises(WrongSecret, match="is missing"):
        await know_secret(other)
    assert not other.secret_file.exists()


async def test_a_missing_file_is_told_by_a_database_that_an_earlier_version_used(
    other: Settings,
) -> None:
    await fetch("delete from secret_fingerprint")
    await fetch(
        "insert into audit_head (number, signed, signed_at)"
        " select coalesce(max(number), 0) + 1, 'x', now() from audit_head"
    )
    with pytest.raises(WrongSecret, match="is missing"):
        await know_secret(other)
    assert not other.secret_file.exists()


async def test_another_file_is_refused(other: Settings) -> None:
    other.secret_file.write_bytes(secrets.token_bytes(32))
    with pytest.raises(WrongSecret, match="is not the secret file"):
        await know_secret(other)


async def test_a_file_that_is_too_short_is_refused(other: Settings) -> None:
    other.secret_file.write_bytes(b"short")
    with pytest.raises(WrongSecret, match="too short"):
        await know_secret(other)


async def test_the_right_file_is_taken_wherever_it_is(portal: Portal, other: Settings) -> None:
    other.secret_file.write_bytes(portal.settings.secret_file.read_bytes())
    await know_secret(other)


async def test_an_upgraded_database_takes_the_file_that_is_there(portal: Portal) -> None:
    await fetch("delete from secret_fingerprint")
    await know_secret(portal.settings)
    assert await find_fingerprint()


async def test_a_lost_secret_is_replaced_when_an_operator_says_so(other: Settings) -> None:
    former = await find_fingerprint()
    await renew_secret(other)
    await know_secret(other)
    assert former != await find_fingerprint()
    noted = "select count(*) from audit_event where event_type = 'secret-renewal'"
    assert await fetch_value(noted) == 1


async def test_a_new_database_gets_a_new_file(stage: Stage, tmp_path: Path) -> None:
    settings = read_settings({"PORTAL_DATA_DIR": str(tmp_path)})
    name = f"secret_{secrets.token_hex(4)}"
    await open_pool(stage.addresses.admin)
    await fetch(f"create database {name} owner portal_owner")
    await close_pool()
    runtime = in_database(stage.addresses.runtime, name)
    await migrate(in_database(stage.addresses.owner, name), runtime)
    await open_pool(runtime)
    await know_secret(settings)
    await know_secret(settings)
    await close_pool()
    assert settings.secret_file.stat().st_mode & 0o777 == 0o600


async def test_the_fingerprint_is_no_part_of_the_secret(portal: Portal) -> None:
    found = await find_fingerprint()
    assert found and bytes.fromhex(found) not in portal.settings.secret_file.read_bytes()

"""Signing keys from the root to a running portal, by the commands that the vendor types."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app import clock
from app.activation.checks import doctor_findings
from app.activation.commands import keys
from app.activation.format.jws import decode, thumbprint
from app.activation.format.keysets import Keyset, KeysetOutcome, sign_keyset
from app.activation.format.roots import create_key, private_pem, public_pem, read_private_pem
from app.activation.signing_keys import queries as signing_key_queries
from app.activation.signing_keys.files import write_private
from app.activation.signing_keys.rotation_services import rotate_signing_key
from app.activation.signing_keys.services import (
    UntrustedKeyset,
    current_keyset,
    import_keyset,
    open_office,
)
from app.demo.signing_keys import prepare_demo_signing_keys
from app.settings import Settings
from tests.activation.world import admin_dsn, audited, empty_database, force, place, upload
from tests.conftest import Portal, Stage

Command = Callable[..., Result]


@pytest.fixture
def settings(portal: Portal) -> Settings:
    return portal.settings


async def rotate(settings: Settings, *dropped: str) -> Keyset:
    """A new signing key, vouched for by the demo's root and in force; some are named no more."""
    root = read_private_pem((settings.data_dir / "trust" / "root-private.pem").read_bytes(), None)
    signed = sign_keyset(await rotate_signing_key(settings, dropped=dropped), root)
    keyset = await import_keyset(settings, signed.encode())
    assert isinstance(keyset, Keyset), keyset
    return keyset


async def test_a_rotated_key_signs_once_its_keyset_is_imported(settings: Settings) -> None:
    here = await place(settings)
    old = await open_office(settings, clock.now())
    document = await rotate_signing_key(settings)
    waiting = await open_office(settings, clock.now())
    assert old and waiting and waiting.signer is old.signer, "not before its keyset is in force"
    assert json.loads(document)["version"] == 2
    await rotate(settings)
    await here.answer(upload())
    file = decode((await here.rows())[0]["file"].encode())
    enclosed = decode(file.payload["keyset"].encode()).payload
    assert file.header["kid"] != thumbprint(old.signer.public_key)
    assert enclosed["version"] == 2
    kids = [key["kid"] for key in enclosed["keys"]]
    assert thumbprint(old.signer.public_key) in kids and file.header["kid"] in kids


async def test_a_keyset_that_is_not_newer_is_refused(settings: Settings) -> None:
    first = await current_keyset(settings)
    assert first is not None
    await rotate(settings)
    assert await import_keyset(settings, first.text.encode()) is KeysetOutcome.NOT_NEWER


async def test_a_keyset_of_a_stranger_is_refused(settings: Settings) -> None:
    signed = sign_keyset(await rotate_signing_key(settings), create_key())
    assert await import_keyset(settings, signed.encode()) is KeysetOutcome.UNKNOWN_ROOT
    keyset = await current_keyset(settings)
    assert keyset is not None and keyset.version == 1


async def test_a_dropped_key_is_named_no_more(settings: Settings) -> None:
    (old,) = [key.kid for key in await signing_key_queries.list_signing_keys()]
    document = json.loads(await rotate_signing_key(settings, dropped=[old]))
    assert old not in [key["kid"] for key in document["keys"]]


async def test_without_the_root_that_signed_it_a_keyset_is_not_used(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "root.pem").write_bytes(public_pem(create_key().public_key()))
    stranger = replace(settings, trusted_roots=tmp_path)
    assert await current_keyset(stranger) is None
    assert await open_office(stranger, clock.now()) is None
    with pytest.raises(UntrustedKeyset):
        await rotate_signing_key(stranger)


async def test_simultaneous_rotations_keep_one_waiting_keyset_and_every_key(
    settings: Settings,
) -> None:
    await asyncio.gather(*(rotate_signing_key(settings) for _ in range(3)))
    assert [each.version for each in await signing_key_queries.list_keysets()] == [2, 1]
    assert len(await signing_key_queries.list_signing_keys()) == 4


async def test_preparing_the_demo_again_changes_nothing(settings: Settings) -> None:
    before = await signing_key_queries.list_keysets()
    await prepare_demo_signing_keys(settings)
    assert await signing_key_queries.list_keysets() == before


async def test_rotation_and_import_are_in_the_audit_log(settings: Settings) -> None:
    keyset = await rotate(settings)
    assert (await audited("signing-key-rotation"))[-1]["actor"] is None
    details = json.loads((await audited("keyset-import"))[-1]["details"])
    assert details["version"] == keyset.version == 2


async def test_private_keys_rest_encrypted(settings: Settings) -> None:
    for stored in await signing_key_queries.list_stored_signing_keys():
        assert stored.encrypted.startswith(b"LPSK")


async def test_the_doctor_is_content_with_the_demo(settings: Settings) -> None:
    assert await doctor_findings(settings) == []


async def test_the_doctor_fails_on_a_root_key_in_the_data_directory(settings: Settings) -> None:
    (finding,) = await doctor_findings(replace(settings, demo=False))
    assert finding.fails and "root-private.pem" in str(finding)


async def test_the_doctor_warns_before_the_signing_key_ends(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = clock.now() + timedelta(days=350)
    monkeypatch.setattr(clock, "now", lambda: later)
    (finding,) = await doctor_findings(settings)
    assert not finding.fails and "expires on" in str(finding)


async def test_the_doctor_warns_where_there_is_no_keyset(
    stage: Stage, portal: Portal, settings: Settings
) -> None:
    await force(admin_dsn(stage, portal.dsn), "delete from keyset")
    (finding,) = await doctor_findings(settings)
    assert not finding.fails and "portal keys rotate" in str(finding)


@pytest.fixture
def command(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`portal keys …` on an empty portal of its own, with its trusted roots in `trust`."""
    runtime = asyncio.run(empty_database(stage))
    environ = {
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
        "PORTAL_DATABASE_URL": runtime,
        "PORTAL_MIGRATE_URL": stage.owner_dsn(runtime),
        "PORTAL_KEY_PASSPHRASE": "a long passphrase",
        "PORTAL_TRUSTED_ROOTS": str(tmp_path / "trust"),
        # Messages are not broken into lines, wherever the folder of the test is.
        "COLUMNS": "1000",
    }
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object, input: str = "") -> Result:
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(keys, words, env=environ, input=input)

    return run


def test_the_whole_way_from_root_to_published_keys(command: Command, tmp_path: Path) -> None:
    root, trust = tmp_path / "offline", tmp_path / "trust"
    document, signed = tmp_path / "keyset.json", tmp_path / "keyset.jwt"
    assert "portal keys rotate" in command("list").output
    made = command("init", "--root", root, input="correct horse\ncorrect horse\n")
    assert made.exit_code == 0, made.output
    assert (root / "root-private.pem").stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in (root / "root-private.pem").read_bytes()
    trust.mkdir()
    (trust / "root.pem").write_bytes((root / "root.pem").read_bytes())
    assert command("rotate", "--out", document).exit_code == 0
    private = root / "root-private.pem"
    sign = ("sign", "--root-key", private, document, signed)
    assert command(*sign, input="wrong\n").exit_code == 1
    assert command(*sign, input="correct horse\n").exit_code == 0
    brought = command("import", signed)
    assert "Keyset 1 with 1 keys is now active" in brought.output
    assert "not-newer" in command("import", signed).output
    (key,) = json.loads(command("export").stdout)["keys"]
    listed = command("list").output
    assert key["kid"] in listed and "keyset 1  active since" in listed


def test_what_the_root_signs_can_be_read_by_the_portals_user(
    command: Command, tmp_path: Path
) -> None:
    """A careful root has the umask 077."""
    former = os.umask(0o077)
    try:
        command("init", "--root", tmp_path / "root", "--no-passphrase")
        document, signed = tmp_path / "keyset.json", tmp_path / "keyset.jwt"
        assert command("rotate", "--out", document).exit_code == 0
        private = tmp_path / "root" / "root-private.pem"
        assert command("sign", "--root-key", private, document, signed).exit_code == 0
    finally:
        os.umask(former)
    assert signed.stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "root" / "root.pem").stat().st_mode & 0o777 == 0o644
    assert private.stat().st_mode & 0o777 == 0o600


def test_a_root_is_made_once(command: Command, tmp_path: Path) -> None:
    assert command("init", "--root", tmp_path, "--no-passphrase").exit_code == 0
    before = (tmp_path / "root-private.pem").read_bytes()
    assert command("init", "--root", tmp_path, "--no-passphrase").exit_code == 1
    assert (tmp_path / "root-private.pem").read_bytes() == before


def test_signing_needs_no_database(command: Command, tmp_path: Path) -> None:
    write_private(tmp_path / "root-private.pem", private_pem(create_key(), None))
    (tmp_path / "bad.json").write_text("{}")
    refused = command(
        "sign", "--root-key", tmp_path / "root-private.pem", tmp_path / "bad.json", tmp_path / "x"
    )
    assert refused.exit_code == 1 and "Cannot sign" in refused.output
    assert not (tmp_path / "data").exists(), "no database was started"

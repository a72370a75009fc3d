"""What is published is signed: by which key, about what, and what happens without keys."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from app import clock
from app.activation.format.jws import decode, is_signed_by
from app.activation.signing_keys.services import current_keyset, open_office
from app.database import fetch, fetch_value
from app.resources.manifest_queries import count_unsigned, find_manifest
from app.resources.manifest_services import sign_next
from app.resources.services import change_products, publish_resource
from app.resources.upload_services import upload_file
from app.settings import Settings
from app.storage import Storage, open_storage
from licensed_system.command import main as licensed_system
from tests.activation.test_signing_keys import rotate
from tests.conftest import Portal
from tests.resources.files import PLATFORM, WORKFLOW, chunks, product_id, resource_id
from tests.staff.steps import done, message, proposed

CONTENT = b"a patch"
NAME = "緊急パッチ.zip"


@pytest.fixture
def settings(portal: Portal) -> Settings:
    """The portal's settings, with the passphrase of its signing keys."""
    return portal.settings


@pytest.fixture
def storage(portal: Portal) -> Storage:
    """Where the portal keeps its files."""
    return open_storage(portal.settings)


@pytest.fixture
async def clerk(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """An operator of the vendor, signed in."""
    async with await portal.signed_in("clerk") as client:
        yield client


async def uploaded(storage: Storage) -> UUID:
    """An upload that waits to be published."""
    return await upload_file(
        storage, chunks(CONTENT), name=NAME, media_type="application/zip", actor=None
    )


async def unsigned(storage: Storage) -> UUID:
    """A file that was published before there were signing keys."""
    return await publish_resource(
        upload=await uploaded(storage),
        version="1.0",
        products=[await product_id("WORKFLOW")],
        actor=None,
    )


async def claims(settings: Settings, resource: UUID) -> dict[str, Any]:
    """What the manifest says, once its signature leads to the keyset in force."""
    text, keyset = await find_manifest(resource), await current_keyset(settings)
    assert text is not None and keyset is not None
    jws = decode(text.split("\n")[0].encode())
    assert jws.header["typ"] == "resource-manifest+jwt"
    [key] = [each.public_key for each in keyset.keys if each.kid == jws.header["kid"]]
    assert is_signed_by(jws, key)
    assert jws.payload["keyset"] == keyset.text
    return jws.payload


async def noted(subject: UUID) -> list[tuple[str, Any]]:
    """What the audit log has of a resource, and whether it says that it was signed."""
    rows = await fetch(
        "select event_type, details::jsonb -> 'signed' as signed from audit_event"
        " where subject = $1 order by id",
        subject,
    )
    return [(row["event_type"], row["signed"]) for row in rows]


async def test_publishing_signs_what_the_file_is(
    clerk: httpx.AsyncClient, settings: Settings
) -> None:
    answer = await clerk.post("/staff/resources/uploads/new", files={"file": (NAME, CONTENT)})
    products = str(await product_id("WORKFLOW"))
    form = {"version": "3.2.2", "products": products, "security_fix": "1"}
    page = await done(clerk, answer.headers["location"], form)
    assert message(page.text) == "ファイルを公開しました。"
    resource = await resource_id(NAME)
    said = await claims(settings, resource)
    assert said["products"] == [
        {"code": "WORKFLOW", "name": {"ja": "ワークフロー", "en": "Workflow"}}
    ]
    assert (said["name"], said["version"], said["security_fix"]) == (NAME, "3.2.2", True)
    assert (said["size"], said["sha256"]) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert said["iss"] == settings.base_url and UUID(said["jti"])
    assert abs(said["iat"] - clock.now().timestamp()) < 600
    assert await noted(resource) == [("resource-publication", "true")]


async def test_other_products_are_signed_anew(clerk: httpx.AsyncClient, settings: Settings) -> None:
    resource = await resource_id(PLATFORM)
    before = await claims(settings, resource)
    form = {"products": str(await product_id("MOBILE")), "security_fix": "1"}
    await done(clerk, f"/staff/resources/{resource}/products", form)
    after = await claims(settings, resource)
    assert [each["code"] for each in after["products"]] == ["MOBILE"]
    assert after["security_fix"] and not before["security_fix"]
    assert after["sha256"] == before["sha256"] and after["jti"] != before["jti"]


async def test_without_keys_a_file_is_published_unsigned_and_that_is_said(
    clerk: httpx.AsyncClient, member: httpx.AsyncClient, settings: Settings
) -> None:
    keyset = await fetch("delete from keyset returning version, document, signed, created_at")
    answer = await clerk.post("/staff/resources/uploads/new", files={"file": (NAME, CONTENT)})
    form = {"version": "1", "products": str(await product_id("WORKFLOW"))}
    page = await done(clerk, answer.headers["location"], form)
    assert message(page.text) == "署名なしでファイルを公開しました。" and "未署名" in page.text
    resource = await resource_id(NAME)
    assert await noted(resource) == [("resource-publication", "false")]
    path = f"/contracts/D-1001/resources/{resource}"
    assert f"{path}/signature" not in (await member.get("/contracts/D-1001/resources")).text
    assert (await member.get(f"{path}/signature")).status_code == 404
    assert (await member.get(f"{path}/file")).content == CONTENT
    assert not await sign_next(settings, set())
    await fetch(
        "insert into keyset (id, version, document, signed, created_at, activated_at)"
        " values (gen_random_uuid(), $1, $2, $3, $4, $4)",
        *keyset[0].values(),
    )
    assert await sign_next(settings, set())
    assert (await member.get(f"{path}/signature")).status_code == 200
    assert (await noted(resource))[-1] == ("resource-signing", None)


async def test_people_of_the_contract_download_the_signature(
    member: httpx.AsyncClient, outsider: httpx.AsyncClient
) -> None:
    resource = await resource_id(PLATFORM)
    path = f"/contracts/D-1001/resources/{resource}/signature"
    assert path in (await member.get("/contracts/D-1001/resources")).text
    answer = await member.get(path)
    assert answer.text == f"{await find_manifest(resource)}\n"
    assert answer.headers["content-type"] == "application/jose"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].endswith(".jwt")
    assert (await outsider.get(path)).status_code == 404


async def test_a_file_that_is_damaged_in_storage_is_not_published(
    clerk: httpx.AsyncClient, settings: Settings
) -> None:
    answer = await clerk.post("/staff/resources/uploads/new", files={"file": (NAME, CONTENT)})
    upload = answer.headers["location"]
    stored = settings.data_dir / "storage" / "resources" / upload.rsplit("/", 1)[1]
    await asyncio.to_thread(stored.write_bytes, CONTENT[:-1] + b"!")
    form = {"version": "1", "products": str(await product_id("WORKFLOW"))}
    confirmation = await proposed(clerk, upload, form)
    told = await clerk.get((await clerk.post(confirmation)).headers["location"])
    assert "保存されたファイルが壊れています" in message(told.text)
    assert await fetch_value("select count(*)::int from resource where name = $1", NAME) == 0


async def test_the_task_signs_what_is_unsigned_once(settings: Settings, storage: Storage) -> None:
    resources = [await unsigned(storage) for _ in range(2)]
    assert await count_unsigned() == 2
    while await sign_next(settings, set()):
        pass
    assert await count_unsigned() == 0
    for resource in resources:
        assert (await claims(settings, resource))["name"] == NAME
        assert [name for name, _ in await noted(resource)].count("resource-signing") == 1


async def test_the_task_passes_over_a_damaged_file(settings: Settings, storage: Storage) -> None:
    good, bad = await unsigned(storage), await unsigned(storage)
    await storage.delete(await fetch_value("select storage_key from resource where id = $1", bad))
    damaged = set[UUID]()
    rounds = 0
    while await sign_next(settings, damaged):
        rounds += 1
    assert damaged == {bad} and rounds == 2
    assert await find_manifest(good) and await find_manifest(bad) is None


async def test_a_new_keyset_signs_every_file_anew(settings: Settings) -> None:
    resource = await resource_id(PLATFORM)
    before = await claims(settings, resource)
    await rotate(settings)
    while await sign_next(settings, set()):
        pass
    after = await claims(settings, resource)
    assert before["keyset"] != after["keyset"] and before["sha256"] == after["sha256"]
    assert await count_unsigned() == 0


async def test_without_an_office_a_change_of_products_takes_the_old_manifest_away(
    settings: Settings,
) -> None:
    resource, staff = await resource_id(WORKFLOW), await fetch_value("select id from portal_user")
    await change_products(resource=resource, products=[await product_id("PLATFORM")], actor=staff)
    assert await find_manifest(resource) is None
    assert await fetch_value("select security_fix from resource where id = $1", resource), (
        "as before"
    )
    await sign_next(settings, set())
    assert [each["code"] for each in (await claims(settings, resource))["products"]] == ["PLATFORM"]


async def test_a_publication_that_fails_leaves_no_manifest(
    settings: Settings, storage: Storage
) -> None:
    office, upload = await open_office(settings, clock.now()), await uploaded(storage)
    before = await fetch_value("select count(*)::int from resource_manifest")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await publish_resource(
            upload=upload, version="1", products=[UUID(int=1)], actor=None, office=office
        )
    assert await fetch_value("select count(*)::int from resource_manifest") == before


async def test_a_licensed_system_checks_what_was_downloaded(
    member: httpx.AsyncClient,
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = f"/contracts/D-1001/resources/{await resource_id(WORKFLOW)}"
    file, signature = tmp_path / "patch.zip", tmp_path / "patch.zip.jwt"
    file.write_bytes(content := (await member.get(f"{path}/file")).content)
    signature.write_bytes((await member.get(f"{path}/signature")).content)
    trust = str(settings.data_dir / "trust" / "root.pem")
    command = ["verify", str(file), "--manifest", str(signature), "--trust", trust]
    assert licensed_system([*command, "--product", "WORKFLOW"]) == 0
    assert WORKFLOW in capsys.readouterr().out
    assert licensed_system([*command, "--product", "PLATFORM"]) == 2
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert licensed_system(command) == 2
    assert "file-changed: " in capsys.readouterr().err

"""Notices and files by API: drafted or uploaded, then published for products."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from app import clock
from app.activation.format.signed_files import read_file
from app.database import fetch_value
from app.demo.sboms import cyclonedx
from app.staff.rules import Permission
from tests.api.steps import calling
from tests.api.vendor.steps import vendor
from tests.conftest import Portal
from tests.service_accounts.steps import made_token

TEXT: dict[str, Any] = {
    **{"title_ja": "保守のお知らせ", "body_ja": "本文です。"},
    **{"title_en": "Maintenance", "body_en": "Text.", "products": ["PLATFORM", "WORKFLOW"]},
}
NOTICES = (Permission.CONSOLE_SEE, Permission.NOTICES_PUBLISH)
FILES = (Permission.CONSOLE_SEE, Permission.RESOURCES_CHANGE)
BYTES = {"Content-Type": "application/octet-stream"}


async def test_a_notice_is_drafted_changed_and_published(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    async with vendor(portal, *NOTICES) as cms:
        draft = await cms.post("/vendor/notices", json=TEXT)
        assert draft.status_code == 201 and draft.json()["state"] == "draft", draft.text
        path = draft.headers["location"].removeprefix("/api/v1")
        changed = await cms.put(
            path, json=TEXT | {"title_ja": "臨時保守"}, headers={"If-Match": draft.headers["etag"]}
        )
        assert changed.json()["title_ja"] == "臨時保守"
        stale = await cms.put(path, json=TEXT, headers={"If-Match": draft.headers["etag"]})
        assert stale.status_code == 412
        assert "臨時保守" not in (await owner.get("/notices")).text
        published = await cms.put(
            f"{path}/publication", json={"by_mail": False}, headers={"If-Match": "*"}
        )
        assert published.json()["state"] == "published", published.text
        settled = await cms.put(path, json=TEXT, headers={"If-Match": "*"})
        assert (settled.status_code, settled.json()["code"]) == (409, "settled")
        assert (await cms.get(path)).json()["products"] == ["PLATFORM", "WORKFLOW"]
        listed = (await cms.get("/vendor/notices")).json()["items"]
        assert published.json()["id"] in [each["id"] for each in listed]
    assert "臨時保守" in (await owner.get("/notices")).text


async def test_a_notice_waits_for_its_time_and_takes_none_that_is_past(portal: Portal) -> None:
    later = clock.now() + timedelta(days=3)
    async with vendor(portal, *NOTICES) as cms:
        path = f"/vendor/notices/{(await cms.post('/vendor/notices', json=TEXT)).json()['id']}"
        for at in ("2020-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
            past = await cms.put(f"{path}/publication", json={"at": at}, headers={"If-Match": "*"})
            assert [each["pointer"] for each in past.json()["errors"]] == ["/at"], past.text
        waits = await cms.put(
            f"{path}/publication", json={"at": later.isoformat()}, headers={"If-Match": "*"}
        )
        assert waits.json()["state"] == "waiting"
    assert await fetch_value("select max(published_at) from notice") == later


async def test_a_notice_about_unknown_products_is_refused(portal: Portal) -> None:
    async with vendor(portal, *NOTICES) as cms:
        body = TEXT | {"products": ["PLATFORM", "NO-SUCH"]}
        refused = await cms.post("/vendor/notices", json=body)
        assert [each["pointer"] for each in refused.json()["errors"]] == ["/products/1"]


async def test_a_file_is_uploaded_and_published_once(
    portal: Portal, owner: httpx.AsyncClient
) -> None:
    content = b"setup" * 100_000
    async with vendor(portal, *FILES) as ci:
        sent = await ci.post(
            "/vendor/resource-uploads?name=setup.bin", content=content, headers=BYTES
        )
        assert sent.status_code == 201, sent.text
        assert sent.json()["sha256"] == hashlib.sha256(content).hexdigest()
        body = {"upload": sent.json()["id"], "version": "9.9", "products": ["PLATFORM"]}
        published = await ci.post("/vendor/resources", json=body)
        assert published.status_code == 201, published.text
        path = published.headers["location"].removeprefix("/api/v1")
        assert (await ci.get(path)).json() == published.json()
        again = await ci.post("/vendor/resources", json=body)
        assert (again.status_code, again.json()["code"]) == (409, "upload-gone")
        listed = (await ci.get("/vendor/resources")).json()["items"]
        assert "setup.bin" in [each["name"] for each in listed]
        form = await ci.post("/vendor/resource-uploads?name=x", data={"a": "b"})
        assert form.status_code == 415
        assert (await ci.post("/vendor/resource-uploads", headers=BYTES)).status_code == 400
    assert "setup.bin" in (await owner.get("/contracts/D-1001/resources")).text
    assert await fetch_value("select count(*) from resource_upload") == 0


async def test_a_published_file_is_signed_and_gets_an_sbom(portal: Portal) -> None:
    content, sbom = b"a fix", cyclonedx("fix", "1.0.1")
    async with vendor(portal, *FILES) as ci:
        sent = await ci.post("/vendor/resource-uploads?name=fix.bin", content=content)
        assert sent.status_code == 415, "what is sent says what it is"
        sent = await ci.post(
            "/vendor/resource-uploads?name=fix.bin", content=content, headers=BYTES
        )
        body = {
            **{"upload": sent.json()["id"], "version": "1.0.1", "products": ["PLATFORM"]},
            "security_fix": True,
        }
        published = (await ci.post("/vendor/resources", json=body)).json()
        assert (published["security_fix"], published["signed"], published["sbom"]) == (
            *(True, True, False),
        )
        path = f"/vendor/resources/{published['id']}/sbom"
        wrong = await ci.put(path, content=b"{}", headers=BYTES)
        assert (wrong.status_code, wrong.json()["code"]) == (400, "malformed-request")
        large = await ci.put(path, content=b" " * (5 * 1024**2 + 1), headers=BYTES)
        assert large.status_code == 413
        attached = await ci.put(path, content=sbom, headers=BYTES)
        assert attached.status_code == 200 and attached.json()["sbom"], attached.text
        unknown = f"/vendor/resources/{UUID(int=1)}/sbom"
        assert (await ci.put(unknown, content=sbom, headers=BYTES)).status_code == 404
    _, token = await made_token(portal)
    async with calling(portal, token) as system:
        [fix] = [
            each
            for each in (await system.get("/resources")).json()["items"]
            if each["name"] == "fix.bin"
        ]
        assert fix["security_fix"] and fix["available_until"] is None
        signature = await system.get(fix["signature_url"].removeprefix("/api/v1"))
        claims = read_file(signature.content).payload
        assert claims["sha256"] == hashlib.sha256(content).hexdigest() == fix["sha256"]
        got = await system.get(fix["sbom_url"].removeprefix("/api/v1"))
        assert got.content == sbom and got.headers["content-type"] == "application/json"

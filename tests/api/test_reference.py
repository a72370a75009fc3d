"""The reference page: small, in both languages, and each of its examples runs."""

import asyncio
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.api.reference_rules import Group, groups, structures
from app.database import fetch_value
from app.main import api_document
from app.settings import read_settings
from tests.activation.world import upload
from tests.conftest import Portal, Stage
from tests.environments.steps import entitlement
from tests.pages import elements
from tests.resources.files import PLATFORM, resource_id
from tests.servers import Server
from tests.service_accounts.steps import made_token

MOST_BYTES = 60_000
# Each example makes what the next ones are about.
ORDER = ("create_environment", "set_allocations", "answer_request", "download_activation")


def _pages() -> dict[str, list[Group]]:
    """The pages that have examples, and the groups of calls on each."""
    document = api_document(read_settings({}, demo=True))
    vendors = groups(document, vendor=True)
    return {
        "/api": groups(document, vendor=False),
        **{f"/api/vendor/{each.slug}": [each] for each in vendors},
    }


@pytest.mark.parametrize("path", _pages())
@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_page_has_every_call_and_every_structure(
    portal: Portal, path: str, language: str
) -> None:
    found = _pages()[path]
    async with portal.anonymous() as reader:
        page = await reader.get(path, headers={"Accept-Language": language})
    assert page.status_code == 200 and len(page.content) < MOST_BYTES
    ids = [attrs["id"] for _, attrs in elements(page.text) if attrs.get("id")]
    for operation in (each for group in found for each in group.operations):
        assert operation.id in ids and f"{operation.method} {operation.path}" in page.text
        assert operation.scope in page.text
    shown = structures(api_document(portal.settings), found)
    assert {each.schema for each in shown} <= set(ids)
    links = [attrs["href"] for tag, attrs in elements(page.text) if tag == "a"]
    inner = {link[1:] for link in links if link and link.startswith("#")}
    assert inner <= set(ids), "every link inside the page leads somewhere"
    scripts = [attrs.get("src") or "" for tag, attrs in elements(page.text) if tag == "script"]
    assert all(script.startswith("/static/") for script in scripts)


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_vendors_page_leads_to_every_call_and_names_its_scope(
    portal: Portal, language: str
) -> None:
    async with portal.anonymous() as reader:
        page = await reader.get("/api/vendor", headers={"Accept-Language": language})
        assert (await reader.get("/api/vendor/no-such-thing")).status_code == 404
    assert len(page.content) < MOST_BYTES
    links = {attrs["href"] for tag, attrs in elements(page.text) if tag == "a"}
    for path, [group, *_] in _pages().items():
        if path != "/api":
            assert path in links and {f"{path}#{each.id}" for each in group.operations} <= links
            assert all(f"<code>{each.scope}</code>" in page.text for each in group.operations)


async def run(command: str, folder: Path, variables: Mapping[str, str]) -> str:
    """Run an example in a shell, as a reader would; answers what the portal gave."""
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euc", command.replace("curl ", "curl --silent --show-error --fail-with-body ")),
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told = (await process.communicate())[0].decode("utf-8", "replace")
    assert process.returncode == 0, f"{command}\n{told}"
    return told


async def test_every_example_runs_in_a_shell(portal: Portal, stage: Stage, tmp_path: Path) -> None:
    _, token = await made_token(portal)
    (tmp_path / "activation-request.jwt").write_bytes(upload())
    document = api_document(portal.settings)
    ours = groups(document, vendor=False)
    calls = {each.id: each.example for group in ours for each in group.operations}
    retiring = calls.pop("retire_environment")
    order = [*ORDER, *(name for name in calls if name not in ORDER)]
    passphrase = (stage.settings.key_passphrase or b"").decode()
    place = (stage.settings.data_dir, portal.dsn, stage.owner_dsn(portal.dsn))
    with Server(*place, PORTAL_KEY_PASSPHRASE=passphrase) as server:
        variables = {
            "PORTAL": server.url,
            "TOKEN": token,
            "ENVIRONMENT": "",
            "ENTITLEMENT": str(await entitlement("PLATFORM")),
            "RESOURCE": str(await resource_id(PLATFORM)),
            "NUMBER": "1",
        }
        for name in order:
            told = await run(calls[name], tmp_path, variables)
            if name == "create_environment":
                found = re.search(r'"id":"([0-9a-f-]{36})"', told)
                assert found is not None
                variables["ENVIRONMENT"] = found[1]
        await run(retiring, tmp_path, variables)
    assert (tmp_path / "activation.jwt").read_bytes().count(b".") == 2
    assert await fetch_value(
        "select retired_at is not null from environment where name = 'Build server 2'"
    )

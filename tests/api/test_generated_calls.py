"""Calls that schemathesis generates from the OpenAPI document: valid, invalid, and in sequences.

It fails on a server error, on an answer that the document does not have, on invalid input that is
accepted or valid input that is refused. `make prove` generates more of them.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.contracts.rules import ServiceRole
from app.database import fetch
from app.main import api_document
from tests.api.steps import calling, environment
from tests.conftest import Portal, Stage
from tests.environments.steps import entitlement
from tests.environments.steps import environment as environment_named
from tests.resources.files import PLATFORM, resource_id
from tests.servers import PROJECT, Server
from tests.service_accounts.steps import made_token, made_vendor_token

# `make test` tries the boundaries of each value and sequences, `make prove` random calls too.
EXAMPLES = os.environ.get("PORTAL_TEST_API_EXAMPLES")
PHASES = "coverage,fuzzing,stateful" if EXAMPLES else "coverage,stateful"
# A token may make 300 calls at once, and an environment be retired only once.
ACCOUNTS, ENVIRONMENTS = 10, 20
# What an account that only reads is refused is in the tests of both matrices.
ROLES = [ServiceRole.OPERATE, pytest.param(ServiceRole.READ, marks=pytest.mark.remainder)]


async def tokens_of(
    portal: Portal, role: ServiceRole, document: Mapping[str, Any]
) -> Mapping[str, Sequence[str]]:
    """Tokens for each security scheme: those of the vendor may read where `role` only reads."""
    scopes = {
        operation["x-required-scope"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if "x-required-scope" in operation and (role is ServiceRole.OPERATE or method == "get")
    }
    names = [f"ci {n}" for n in range(ACCOUNTS)]
    return {
        "token": [(await made_token(portal, name, role))[1] for name in names],
        "vendor_token": [(await made_vendor_token(portal, name, *scopes))[1] for name in names],
    }


async def ids(portal: Portal) -> Mapping[str, Sequence[str | int]]:
    """What calls can be about, by the parameter or member that names it."""
    _, token = await made_token(portal, "ids")
    async with calling(portal, token) as client:
        made = [await environment(client, f"build {n}") for n in range(ENVIRONMENTS)]
    await fetch("update service_account set revoked_at = now() where name = 'ids'")
    running = await environment_named("本番環境")
    products = [str(await entitlement(code)) for code in ("PLATFORM", "WORKFLOW")]
    return {
        "environment_id": [str(each) for place in made for each in (running, place)],
        "entitlement": products,
        "entitlement_id": products,
        "resource_id": [str(await resource_id(PLATFORM))],
        "number": [1],
        "company_id": await _ids_of("company"),
        "contract_id": await _ids_of("contract"),
        "product_id": await _ids_of("product"),
    }


async def _ids_of(table: str) -> list[str]:
    return [str(row["id"]) for row in await fetch(f"select id from {table} order by id limit 20")]


@pytest.mark.parametrize("role", ROLES)
async def test_no_generated_call_finds_a_defect(
    portal: Portal, stage: Stage, tmp_path: Path, role: ServiceRole
) -> None:
    document = api_document(portal.settings)
    tokens, known = await tokens_of(portal, role, document), await ids(portal)
    assert set(document["components"]["securitySchemes"]) == set(tokens)
    (tmp_path / "api.json").write_text(json.dumps(document))
    passphrase = (stage.settings.key_passphrase or b"").decode()
    place = (stage.settings.data_dir, portal.dsn, stage.owner_dsn(portal.dsn))
    with Server(*place, PORTAL_KEY_PASSPHRASE=passphrase) as server:
        options = {
            "--url": server.url,
            "--max-examples": EXAMPLES or "5",
            "--phases": PHASES,
            "--request-timeout": "60",
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", str(PROJECT / "tests" / "api" / "schemathesis.toml")),
            *("run", str(tmp_path / "api.json"), "--no-color", "--seed", "1"),
            *(word for option in options.items() for word in option),
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(PROJECT),
                "PORTAL_TOKENS": json.dumps(tokens),
                "PORTAL_IDS": json.dumps(known),
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told = (await process.communicate())[0].decode()
    assert process.returncode == 0, told

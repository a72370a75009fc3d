"""The content security policies, read by Google's CSP Evaluator."""

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.web.downloads import CONTENT_SECURITY_POLICY as OF_DOWNLOADS
from app.web.http.finishing import CONTENT_SECURITY_POLICY
from tests.conftest import Portal
from tests.missing import NODE, node_tool

EVALUATE = """
import evaluator from "csp_evaluator/dist/evaluator.js";
import parser from "csp_evaluator/dist/parser.js";
import { readFileSync } from "node:fs";
const { csp } = new parser.CspParser(readFileSync(0, "utf8"));
console.log(JSON.stringify(new evaluator.CspEvaluator(csp).evaluate()));
"""
# It asks whether the portal's own address also hands out what others wrote. Uploaded files are
# there, and none of them as a script: tests/resources/test_downloads.py.
OWN_ADDRESS = ("script-src", "'self'")


def findings(policy: str, folder: Path) -> set[tuple[str, str]]:
    """Directive and value of everything that the evaluator names."""
    script = folder / "evaluate.mjs"
    script.write_text(EVALUATE)
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to(node_tool("csp_evaluator") / "node_modules")
    done = subprocess.run(
        [str(NODE), str(script)],
        input=policy,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return {(each["directive"], each.get("value", "")) for each in found}


def test_the_evaluator_asks_only_for_what_is_answered_elsewhere(tmp_path: Path) -> None:
    assert findings(CONTENT_SECURITY_POLICY.decode(), tmp_path) == {OWN_ADDRESS}


def test_it_finds_nothing_in_the_policy_of_downloads(tmp_path: Path) -> None:
    assert not findings(OF_DOWNLOADS, tmp_path)


def test_it_finds_nothing_new_in_the_policy_of_the_log_in_page(
    tmp_path: Path, policy_of_log_in: str
) -> None:
    assert "'sha256-" in policy_of_log_in
    assert findings(policy_of_log_in, tmp_path) == {OWN_ADDRESS}


def test_a_weaker_policy_would_be_found(tmp_path: Path) -> None:
    weaker = CONTENT_SECURITY_POLICY.decode().replace(
        "script-src 'self'", "script-src 'self' 'unsafe-inline'"
    )
    assert ("script-src", "'unsafe-inline'") in findings(weaker, tmp_path)


@pytest.fixture
async def policy_of_log_in(portal: Portal) -> str:
    async with portal.anonymous() as client:
        answer: httpx.Response = await client.get("/login")
    return answer.headers["content-security-policy"]

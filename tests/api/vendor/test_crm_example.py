"""The example for a CRM, run as its reader would; then the customer's part by the API alone."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.database import fetch
from tests.api.steps import calling, products, wanted
from tests.browser.plant import LicensedSystem
from tests.conftest import Portal, Stage
from tests.mail.post import deliver, link
from tests.people.post import REGISTRATION
from tests.servers import PROJECT, Server, free_port
from tests.service_accounts.steps import made_token, made_vendor_token

EXAMPLES = PROJECT / "docs" / "examples"
SCOPES = ("companies:change", "contracts:change", "owners:appoint")
MADE = """
    select (select count(*) from company) as companies,
           (select count(*) from contract) as contracts,
           (select count(*) from entitlement) as entitlements,
           (select count(*) from invitation) as invitations, (select count(*) from mail) as mails,
           (select count(*) from audit_event) as events
"""
STEPS = (
    *("companies ACC-1001", "contracts ORD-5001", "entitlements ORD-5001-1"),
    *("entitlements ORD-5001-2", "owner"),
)


class Crm:
    """Runs the example of a CRM against a server."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        self.order = json.loads((EXAMPLES / "order.json").read_text("utf-8"))
        self._folder, self._token = folder, folder / "token.txt"
        self._token.write_text(f"{token}\n", "utf-8")
        self.environ = {"PORTAL": url, "PORTAL_TOKEN_FILE": str(self._token)}

    def run(self) -> tuple[int, list[str], str]:
        """Its exit code, the lines that it printed, and its errors."""
        file = self._folder / "order.json"
        file.write_text(json.dumps(self.order), "utf-8")
        done = subprocess.run(
            [sys.executable, "-I", str(EXAMPLES / "crm_order.py"), str(file)],
            capture_output=True,
            text=True,
            env=self.environ,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout.splitlines(), done.stderr


async def test_an_order_of_a_crm_becomes_a_system_that_runs_offline(
    portal: Portal, stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, token = await made_vendor_token(portal, "crm", *SCOPES)
    place = (stage.settings.data_dir, portal.dsn, stage.owner_dsn(portal.dsn))
    with Server(*place, PORTAL_DELIVERS_MAIL="0") as server:
        crm = Crm(tmp_path, server.url, token)
        code, lines, errors = crm.run()
        created = ["created"] * 4 + ["invited"]
        assert lines == [f"{s}: {c}" for s, c in zip(STEPS, created, strict=True)], errors
        assert code == 0
        [before] = await fetch(MADE)
        code, lines, _ = crm.run()
        assert code == 0 and lines == [f"{step}: unchanged" for step in STEPS]
        assert await fetch(MADE) == [before], "the same order twice changes nothing"
        crm.order["lines"][0]["quantity"] = 12
        assert crm.run()[1] == [
            f"{step}: {'changed' if step.endswith('-1') else 'unchanged'}" for step in STEPS
        ]
        crm.order["lines"][0]["quantity"] = 0
        code, _, errors = crm.run()
        assert code == 1 and errors.startswith("invalid-value: /quantity: "), errors
    await _join(portal, crm.order["owner"]["email"])
    await _activate(portal, tmp_path, capsys)


async def _join(portal: Portal, email: str) -> None:
    """The first owner opens the mailed link and joins."""
    sent = (await deliver(portal.settings)).values()
    [mail] = [mail for mail in sent if mail["To"] == email]
    async with portal.anonymous() as invited:
        path = link(mail)
        assert "サンプル工業株式会社" in (await invited.get(path)).text
        registration = await invited.post(path, data=REGISTRATION)
        assert (await invited.post(registration.headers["location"])).status_code == 303


async def _activate(portal: Portal, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The customer's part: environment, allocation, request, file; verified without the portal."""
    _, token = await made_token(portal, number="D-5001", owner="arai")
    jose = {"Content-Type": "application/jose"}
    async with calling(portal, token) as ci:
        new = await ci.post("/environments", json={"name": "製造ライン1", "sort_key": 1})
        place = f"/environments/{new.json()['id']}"
        quantities = wanted({"PLATFORM": 12, "WORKFLOW": 500}, await products(ci))
        assert (await ci.put(f"{place}/allocations", json=quantities)).status_code == 200
        root = portal.settings.data_dir / "trust" / "root.pem"
        system = LicensedSystem(folder, root, "ja")
        issued = await ci.post(
            f"{place}/activations", content=system.request().read_bytes(), headers=jose
        )
        assert issued.status_code == 200, issued.text
        file = folder / "activation.jwt"
        file.write_bytes((await ci.get(f"{place}/activations/1/file")).content)
    system.activate(file)
    assert system.status(capsys) == (0, {"PLATFORM": 12, "WORKFLOW": 500})


@pytest.mark.parametrize("missing", ["PORTAL", "PORTAL_TOKEN_FILE"])
def test_the_example_says_what_it_needs(tmp_path: Path, missing: str) -> None:
    crm = Crm(tmp_path, "http://127.0.0.1:9", "lp1_v")
    del crm.environ[missing]
    code, _, errors = crm.run()
    assert code == 2 and missing in errors


def test_the_example_says_that_it_does_not_reach_the_portal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    example = importlib.import_module("crm_order")
    monkeypatch.setattr(example, "TRIES", 1)
    token = tmp_path / "token.txt"
    token.write_text("lp1_v", "utf-8")
    monkeypatch.setenv("PORTAL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("PORTAL_TOKEN_FILE", str(token))
    monkeypatch.setattr(sys, "argv", ["crm_order.py", str(EXAMPLES / "order.json")])
    assert example.main() == 2 and "not reached" in capsys.readouterr().err

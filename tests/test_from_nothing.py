"""A vendor with an empty installation gets to an activated customer, by pages and commands alone.

The commands are those of README and docs/operations.md: one that they do not name fails here.
"""

import json
import os
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.mail.messages import parse
from tests.accounts.factors import code
from tests.database.portals import until
from tests.mail.post import link
from tests.servers import PROJECT, free_port
from tests.staff.steps import filled, message

DOCUMENTS = " ".join(
    (PROJECT / name).read_text("utf-8") for name in ("README.md", "docs/operations.md")
)
PASSWORD, OWNER_PASSWORD = "quiet lanterns over seven rivers", "nine herons beside the old mill"


class Vendor:
    """The vendor's machine with the portal, and the offline one with the root.

    Attributes:
        online, offline: their folders.
    """

    def __init__(self, folder: Path) -> None:
        self.online, self.offline = folder / "online", folder / "offline"
        self.online.mkdir()
        self.offline.mkdir()
        (self.offline / "passphrase").write_text("what the safe knows\n")
        (self.online / "passphrase").write_text("what the portal knows\n")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        plain = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
        self.environ = {
            **plain,
            "PORTAL_DATA_DIR": str(self.online / "data"),
            "PORTAL_PORT": str(port),
            "PORTAL_BASE_URL": self.url,
            "PORTAL_KEY_PASSPHRASE_FILE": str(self.online / "passphrase"),
            "PORTAL_TRUSTED_ROOTS": str(self.offline / "root/root.pem"),
        }

    def run(self, command: str, *more: object) -> str:
        """Run a command that the documents name, with what the reader puts in for the rest."""
        assert command in DOCUMENTS, f"the documents do not say: {command}"
        program, *words = command.split()
        module = {"portal": "app.cli", "licensed-system": "licensed_system"}[program]
        done = subprocess.run(
            [sys.executable, "-m", module, *words, *map(str, more)],
            cwd=PROJECT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def mailed_link(self, address: str) -> str:
        """The link in the mail to an address, once it is delivered."""

        def delivered() -> list[str]:
            files = (self.online / "data/mail").glob("*.eml")
            mails = [parse(file.read_bytes()) for file in sorted(files)]
            return [link(mail) for mail in mails if address in mail["To"]]

        until(lambda: bool(delivered()))
        return delivered()[-1]


class Browser(httpx.Client):
    """A browser that keeps cookies and fills forms in."""

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(base_url=vendor.url, headers={"Origin": vendor.url}, timeout=30)

    def submit(self, form: str, **typed: str) -> httpx.Response:
        """Open a form and send it, with what was typed on top of what it holds."""
        shown = self.get(form)
        assert shown.status_code == 200, f"{form}: {shown.status_code}"
        answer = self.post(form, data=filled(shown.text) | typed)
        assert answer.status_code == 303, message(answer.text)
        return answer

    def confirm(self, proposed: httpx.Response) -> httpx.Response:
        """決定, and the page where the change can be seen."""
        done = self.post(proposed.headers["location"])
        assert "done=" in done.headers["location"], done.headers["location"]
        page = self.get(done.headers["location"])
        assert page.status_code == 200
        return page

    def do(self, form: str, **typed: str) -> httpx.Response:
        """A form, and 決定."""
        return self.confirm(self.submit(form, **typed))


@pytest.fixture
def vendor(tmp_path: Path) -> Vendor:
    return Vendor(tmp_path)


def set_up_staff(vendor: Vendor) -> Browser:
    """The first administrator: account, password, second factor; answers their browser."""
    names = ("hanako", "--name", "管理 花子", "--email", "hanako@example.com")
    printed = vendor.run("portal staff create --code", *names).split()[-1]
    browser = Browser(vendor)
    browser.submit(printed, password=PASSWORD, again=PASSWORD)
    signed_in = browser.submit("/login", code="hanako", password=PASSWORD)
    # An empty portal has no terms to accept; staff need a second factor before anything else.
    home = browser.get(signed_in.headers["location"]).headers["location"]
    begun = browser.post(f"{home.partition('?')[0]}/authenticator-apps")
    app = browser.get(begun.headers["location"])
    secret = re.search(r"<dd><code>([A-Z2-7 ]+)</code>", app.text)
    assert secret
    browser.submit(begun.headers["location"], code=code(secret[1].replace(" ", "")))
    assert browser.get("/staff").status_code == 200
    return browser


def make_keys(vendor: Vendor) -> None:
    """The root ceremony and the first signing key."""
    offline, usb = vendor.offline, vendor.online / "usb"
    usb.mkdir()
    secret = ("--passphrase-file", offline / "passphrase")
    vendor.run("portal keys rotate --out", usb / "keyset.json")
    signed = (offline / "root/root-private.pem", usb / "keyset.json", usb / "keyset.jwt", *secret)
    vendor.run("portal keys sign --root-key", *signed)
    vendor.run("portal keys import", usb / "keyset.jwt")


def sell(staff: Browser) -> None:
    """Terms, a product, a company, and a contract whose first owner is invited."""
    words = {"body_ja": "利用規約の本文です。", "body_en": "These are the terms."}
    staff.post(staff.submit("/staff/terms/new", **words).headers["location"])
    staff.submit("/terms", agree="1")
    for path in ("products", "companies", "contracts", "users", "notices", "quotes", "resources"):
        assert staff.get(f"/staff/{path}").status_code == 200
    product = {"code": "ENGINE", "name_ja": "計算エンジン", "name_en": "Engine", "unit": "servers"}
    staff.do("/staff/products/new", **product, version="1.0")
    company = staff.do("/staff/companies/new", name="初取引株式会社", reading="はつとりひき")
    today = datetime.now(UTC).date()
    contract = {
        "number": "C-1",
        "name": "最初の契約",
        "starts_on": str(today - timedelta(days=2)),
        "ends_on": str(today + timedelta(days=365)),
        "sales_name": "営業 太郎",
        "sales_email": "sales@example.com",
        "sales_phone": "03-0000-0000",
        "owner_email": "first@example.net",
        "owner_language": "ja",
    }
    staff.do(f"{company.url.path}/contracts/new", **contract)
    order = {key: contract[key] for key in ("starts_on", "ends_on")}
    form = "/staff/contracts/C-1/entitlements/new"
    product_id = re.search(r'<option value="([^"]+)"[^>]*>ENGINE', staff.get(form).text)
    assert product_id
    staff.do(form, **order, product=product_id[1], quantity="3", reason="最初の注文")


def join(vendor: Vendor) -> Browser:
    """The invited owner opens the mailed link and registers."""
    browser = Browser(vendor)
    person = {"name": "最初 一子", "code": "first", "password": OWNER_PASSWORD, "agree": "1"}
    joined = browser.confirm(browser.submit(vendor.mailed_link("first@example.net"), **person))
    assert joined.url.path == "/contracts/C-1"
    return browser


def activate(vendor: Vendor, owner: Browser, plant: Path) -> dict[str, int]:
    """An environment, its allocation, and the licensed system; what it may use then, by code."""
    state, request, answer = plant / "state", plant / "request.jwt", plant / "activation.jwt"
    owner.do("/contracts/C-1/environments/new", name="工場", sort_key="10")
    listed = owner.get("/contracts/C-1/environments").text
    found = re.search(r'href="(/contracts/C-1/environments/[0-9a-f-]{36})/allocations"', listed)
    assert found
    form = owner.get(f"{found[1]}/allocations").text
    count = re.search(r'name="(q-[^"]+)"', form)
    assert count
    owner.do(f"{found[1]}/allocations", **{count[1]: "2"})
    root = vendor.environ["PORTAL_TRUSTED_ROOTS"]
    assert "licensed-system --state plant init --trust" in DOCUMENTS

    def system(*words: object) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "licensed_system", "--state", str(state), *map(str, words)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    system("init", "--trust", root, "--name", "製造ライン", "--product", "ENGINE=1.0")
    system("request", "--out", request)
    files = {"request": ("activation-request.jwt", request.read_bytes())}
    issued = owner.confirm(owner.post(f"{found[1]}/activations", files=files))
    answer.write_bytes(owner.get(f"{issued.url.path}/file").content)
    system("activate", answer)
    told = json.loads(system("status", "--json"))
    return {product["code"]: product["quantity"] for product in told["products"]}


def test_an_empty_installation_gets_to_an_activated_customer(
    vendor: Vendor, tmp_path: Path
) -> None:
    secret = ("--passphrase-file", vendor.offline / "passphrase")
    vendor.run("portal keys init --root", vendor.offline / "root", *secret)
    command = [sys.executable, "-m", "app.cli", "serve"]
    assert "portal serve" in DOCUMENTS
    with subprocess.Popen(
        command, cwd=PROJECT, env=vendor.environ, stdout=subprocess.PIPE, text=True
    ) as portal:
        assert portal.stdout is not None
        try:
            assert portal.stdout.readline() == f"ready {vendor.url}\n"
            with closing(set_up_staff(vendor)) as staff:
                make_keys(vendor)
                sell(staff)
            with closing(join(vendor)) as owner:
                assert activate(vendor, owner, tmp_path) == {"ENGINE": 2}
            vendor.run("portal doctor")
        finally:
            portal.terminate()

"""The main journey as a vendor runs the portal: own PostgreSQL, two roles, https by a proxy."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from app.database.embedded import Addresses
from tests.outside_demo.site import PASSWORD, Site, run_portal, vendor_site
from tests.servers import PROJECT

ENVIRONMENTS = "/contracts/C-1/environments"


@pytest.fixture(scope="module")
def site(addresses: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with vendor_site(addresses, tmp_path_factory.mktemp("site")) as found:
        yield found


def sign_in(browser: httpx.Client, password: str = PASSWORD) -> httpx.Response:
    return browser.post("/login", data={"code": "keiyaku", "password": password})


def licensed_system(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "licensed_system", "--state", str(state), *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def confirm(browser: httpx.Client, proposed: httpx.Response) -> httpx.Response:
    """決定, and on to where the change can be seen."""
    assert proposed.status_code == 303, proposed.text
    done = browser.post(proposed.headers["location"])
    assert "done=" in done.headers["location"]
    return browser.get(done.headers["location"])


def test_from_the_first_log_in_to_an_activated_system(site: Site, tmp_path: Path) -> None:
    plant, request, activation = tmp_path / "plant", tmp_path / "request.jwt", tmp_path / "a.jwt"
    trust = str(site.data_dir / "trust/root.pem")
    products = ["--product", "PLATFORM=5.0", "--product", "WORKFLOW=3.2"]
    licensed_system(plant, "init", "--trust", trust, "--name", "製造ライン1", *products)
    assert licensed_system(plant, "request", "--out", str(request)).returncode == 0
    with site.browser() as browser:
        assert sign_in(browser).status_code == 303
        assert browser.get("/").headers["location"].startswith("/terms")
        agreed = browser.post("/terms", data={"version": "1", "agree": "1"})
        assert agreed.headers["location"] == "/"
        fields = {"name": "工場", "sort_key": "10", "group_company": ""}
        listed = confirm(browser, browser.post(f"{ENVIRONMENTS}/new", data=fields)).text
        found = re.search(rf'href="({ENVIRONMENTS}/[0-9a-f-]{{36}})/allocations"', listed)
        assert found
        url = found[1]
        form = browser.get(f"{url}/allocations").text
        counts = zip(re.findall(r'name="(q-[^"]+)"', form), ("2", "４０"), strict=True)
        confirm(browser, browser.post(f"{url}/allocations", data=dict(counts)))
        files = {"request": ("request.jwt", request.read_bytes())}
        issued = confirm(browser, browser.post(f"{url}/activations", files=files))
        file = browser.get(f"{issued.url.path}/file")
        assert file.headers["cache-control"] == "no-store"
    activation.write_bytes(file.content)
    applied = licensed_system(plant, "activate", str(activation))
    assert applied.returncode == 0, applied.stderr
    status = licensed_system(plant, "status", "--json")
    assert status.returncode == 0
    said = json.loads(status.stdout)["products"]
    assert {each["code"]: each["quantity"] for each in said} == {"PLATFORM": 2, "WORKFLOW": 40}


def test_cookies_are_bound_to_the_https_host(site: Site) -> None:
    with site.browser() as browser:
        cookies = sign_in(browser).headers.get_list("set-cookie")
    session = [cookie for cookie in cookies if cookie.startswith("__Host-session=")]
    assert len(session) == 1
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
        assert not any(part.startswith("domain=") for part in parts)


def test_pages_ask_for_https_only_and_show_nothing_of_the_demo(site: Site) -> None:
    with site.browser() as browser:
        page = browser.get("/login")
        assert "max-age=63072000" in page.headers["strict-transport-security"]
        assert "portal-demo-2026" not in page.text
        for code in ("owner", "member", "newcomer", "outsider", "english", "staff"):
            fields = {"code": code, "password": "portal-demo-2026"}
            assert browser.post("/login", data=fields).status_code in {422, 429}
        assert browser.get("/demo/mail").status_code == 404


async def throttled_addresses(site: Site) -> set[str]:
    connection = await asyncpg.connect(site.addresses.runtime)
    rows = await connection.fetch("select bucket from throttle where bucket like 'address:%'")
    await connection.close()
    return {row["bucket"].removeprefix("address::") for row in rows}


async def test_only_the_proxys_word_counts_for_where_somebody_comes_from(site: Site) -> None:
    with site.browser("127.0.0.3") as browser:
        browser.headers["X-Forwarded-For"] = "192.0.2.1"
        sign_in(browser, "wrong")
    around = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(base_url=site.server.url, transport=around) as direct:
        direct.headers["X-Forwarded-For"] = "192.0.2.2"
        sign_in(direct, "wrong")
    known = await throttled_addresses(site)
    assert {"127.0.0.2", "127.0.0.3"} <= known
    assert not known & {"192.0.2.1", "192.0.2.2"}


def test_a_form_from_another_origin_is_refused(site: Site) -> None:
    with site.browser() as browser:
        browser.headers["Origin"] = "https://elsewhere.test"
        assert sign_in(browser).status_code == 403


@pytest.mark.parametrize(
    "sql",
    [
        "delete from audit_event",
        "update audit_event set event_type = 'nothing'",
        "truncate audit_event",
        "alter table audit_event disable trigger all",
        "drop trigger audit_event_append_only on audit_event",
        "alter table allocation drop constraint allocation_quantity_check",
        "alter table allocation disable trigger all",
        "drop table allocation",
        "create table mine (number int)",
        "delete from migration",
        "set session_replication_role = replica",
    ],
)
async def test_the_running_role_alters_no_table_and_deletes_no_event(site: Site, sql: str) -> None:
    connection = await asyncpg.connect(site.addresses.runtime)
    try:
        assert await connection.fetchval("select count(*) from audit_event") > 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)
    finally:
        await connection.close()


async def test_not_even_the_owning_role_changes_an_event(site: Site) -> None:
    connection = await asyncpg.connect(site.addresses.owner)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("delete from audit_event")
    finally:
        await connection.close()


def test_doctor_fails_while_the_roots_private_key_lies_with_the_portal(site: Site) -> None:
    environ = {
        "PORTAL_DATA_DIR": str(site.data_dir),
        "PORTAL_DATABASE_URL": site.addresses.runtime,
        "PORTAL_MIGRATE_URL": site.addresses.owner,
        "PORTAL_BASE_URL": site.url,
        "PORTAL_KEY_PASSPHRASE": "a passphrase for signing keys",
    }
    healthy = run_portal("doctor", **environ)
    assert healthy.returncode == 0, healthy.stdout + healthy.stderr
    misplaced = site.data_dir / "trust/root-private.pem"
    shutil.copy(site.offline / "root-private.pem", misplaced)
    ill = run_portal("doctor", **environ)
    misplaced.unlink()
    assert ill.returncode == 1
    assert str(misplaced) in ill.stdout

"""A vendor's site: database, keys, portal and proxy, set up the way the documents say."""

import asyncio
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from app import clock
from app.accounts.services import create_user, publish_terms_of_use
from app.contracts.rules import Role
from app.contracts.services import add_membership, create_company, create_contract
from app.database import close_pool, open_pool
from app.database.embedded import Addresses
from app.products.rules import Term
from app.products.services import add_entitlement, create_product
from tests.outside_demo.proxy import HOST, https_proxy, make_certificate
from tests.servers import PROJECT, Server, free_port

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Site:
    """Where everything is.

    Attributes:
        offline: the folder with the root's private key, which no portal sees.
        url: what people type.
    """

    addresses: Addresses
    data_dir: Path
    offline: Path
    server: Server
    port: int
    certificate: Path

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    def browser(self, source: str = "127.0.0.1") -> httpx.Client:
        """A browser on another machine, whose address is `source`, one of loopback's."""

        def name_the_host(request: httpx.Request) -> None:
            request.extensions = {**request.extensions, "sni_hostname": HOST}

        trust = ssl.create_default_context(cafile=str(self.certificate))
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.port}",
            headers={"Host": f"{HOST}:{self.port}", "Origin": self.url},
            transport=httpx.HTTPTransport(verify=trust, local_address=source),
            event_hooks={"request": [name_the_host]},
            timeout=30,
        )


def run_portal(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command `portal`, with nothing of this process's settings."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=PROJECT,
        env={**plain, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def vendor_site(addresses: Addresses, folder: Path) -> Iterator[Site]:
    """Set it all up, from an empty database to an answering portal."""
    data_dir, offline, port = folder / "data", folder / "offline", free_port()
    environ = {
        "PORTAL_DATA_DIR": str(data_dir),
        "PORTAL_DATABASE_URL": addresses.runtime,
        "PORTAL_MIGRATE_URL": addresses.owner,
        "PORTAL_BASE_URL": f"https://{HOST}:{port}",
        "PORTAL_TRUSTED_PROXIES": "127.0.0.1",
        "PORTAL_KEY_PASSPHRASE": "a passphrase for signing keys",
    }
    _run("migrate", **environ)
    _make_keys(folder, data_dir, offline, environ)
    asyncio.run(_make_contract(addresses.runtime))
    certificate = make_certificate(folder)
    server = Server(data_dir, addresses.runtime, addresses.owner, workers=1, **environ)
    with server, https_proxy(port, server.port, certificate):
        yield Site(addresses, data_dir, offline, server, port, certificate)


def _run(*arguments: str, **environ: str) -> None:
    done = run_portal(*arguments, **environ)
    assert done.returncode == 0, done.stdout + done.stderr


def _make_keys(folder: Path, data_dir: Path, offline: Path, environ: dict[str, str]) -> None:
    unsigned, signed = str(folder / "keyset.json"), str(folder / "keyset.jwt")
    _run("keys", "init", "--root", str(offline), "--no-passphrase")
    (data_dir / "trust").mkdir(parents=True)
    shutil.copy(offline / "root.pem", data_dir / "trust/root.pem")
    _run("keys", "rotate", "--out", unsigned, **environ)
    _run("keys", "sign", "--root-key", str(offline / "root-private.pem"), unsigned, signed)
    _run("keys", "import", signed, **environ)


async def _make_contract(dsn: str) -> None:
    """One customer with an owner, a contract and two products, as the vendor's staff make them."""
    await open_pool(dsn)
    today = clock.today("Asia/Tokyo")
    term = Term(today, today + timedelta(364))
    staff = await create_user(
        code="root-staff",
        name="管理者",
        email="root-staff@example.org",
        password=PASSWORD,
        staff_role="administrator",
    )
    await publish_terms_of_use("# 1. 適用\n\n本規約", "# 1. Scope\n\nThese terms", actor=staff)
    owner = await create_user(
        code="keiyaku",
        name="契約 太郎",
        email="keiyaku@example.com",
        password=PASSWORD,
        actor=staff,
    )
    contract = await create_contract(
        number="C-1",
        name="本番契約",
        company=await create_company("会社", "カイシャ", actor=staff),
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        sales=("営業", "sales@example.org", "03-0000-0000"),
        actor=staff,
    )
    await add_membership(user=owner, contract=contract, role=Role.OWNER, actor=staff)
    for code, unit, quantity in (("PLATFORM", "servers", 5), ("WORKFLOW", "users", 100)):
        product = await create_product(
            code=code, name_ja=code, name_en=code, unit=unit, version="5.0", actor=staff
        )
        await add_entitlement(
            contract=contract, product=product, quantity=quantity, term=term, actor=staff
        )
    await close_pool()

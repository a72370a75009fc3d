"""`portal resources`: sign what has no signature yet."""

from uuid import UUID

import rich_click as click

from app.cli.runtime import run_with_database
from app.resources.manifest_queries import count_unsigned
from app.resources.manifest_services import sign_next
from app.settings import read_settings


@click.group()
def resources() -> None:
    """Work on downloads."""


@resources.command()
def sign() -> None:
    """Sign every file that has no signature of the active keyset. Run it as often as you like."""
    settings = read_settings()
    passed: set[UUID] = set()

    async def work() -> tuple[int, int]:
        tried = 0
        while await sign_next(settings, passed):
            tried += 1
        return tried - len(passed), await count_unsigned()

    signed, unsigned = run_with_database(settings, work)
    click.echo(f"{signed} signed, {unsigned} without a signature.")
    for resource in sorted(passed, key=str):
        click.echo(f"Not signed: {resource}. The log says why.", err=True)
    if unsigned:
        message = "Some files are not signed. Check the signing keys (portal keys list)."
        raise click.ClickException(message)

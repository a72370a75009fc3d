"""`portal erasures`: who was erased, kept apart from backups, and erasing them again."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

import rich_click as click

from app.cli.runtime import run_with_settings
from app.withdrawal.queries import list_erasures
from app.withdrawal.services import replay

Erasure = tuple[UUID, datetime]


@click.group()
def erasures() -> None:
    """People who withdrew, so that no restored backup brings them back."""


@erasures.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def export(out: Path) -> None:
    """Write the ids of those who withdrew, with the time, one JSON object a line."""
    found = run_with_settings(lambda _: list_erasures())
    lines = [json.dumps({"user": str(user), "at": at.isoformat()}) for user, at in found]
    new = out.with_name(f".{out.name}.new")
    new.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    new.replace(out)
    click.echo(f"{len(found)} erasures in {out}. Keep it apart from the database's backups.")


@erasures.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay_file(file: Path) -> None:
    """Erase the people of a file again, after an older backup was restored."""
    replay_all(read_erasures(file))


def replay_all(wanted: list[Erasure]) -> None:
    """Erase the people of a list. Raises `ClickException` where some have to stay."""
    refused = run_with_settings(lambda settings: replay(settings, wanted))
    for user in refused:
        click.echo(f"{user} is the last owner of a contract, or the last administrator.", err=True)
    click.echo(f"{len(wanted) - len(refused)} of {len(wanted)} people are erased.")
    if refused:
        raise click.ClickException("Appoint somebody else for the others, then run this again.")


def read_erasures(file: Path) -> list[Erasure]:
    """The list that `export` wrote. Raises `ClickException` with the line that cannot be read."""
    read = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            values = json.loads(line)
            at = datetime.fromisoformat(values["at"])
            if at.tzinfo is None:
                raise ValueError("no time zone")
            read.append((UUID(values["user"]), at))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise click.ClickException(f"Line {number} of {file} cannot be read.") from None
    return read

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
    """Keep deleted accounts deleted after a backup is restored."""


@erasures.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def export(out: Path) -> None:
    """Export the IDs of deleted accounts with the time, one JSON object per line."""
    found = run_with_settings(lambda _: list_erasures())
    lines = [json.dumps({"user": str(user), "at": at.isoformat()}) for user, at in found]
    new = out.with_name(f".{out.name}.new")
    new.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    new.replace(out)
    click.echo(f"Exported {len(found)} erasures to {out}. Keep it apart from the database backups.")


@erasures.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay_file(file: Path) -> None:
    """Erase the people listed in FILE again, after you restored an older backup."""
    replay_all(read_erasures(file))


def replay_all(wanted: list[Erasure]) -> None:
    """Erase the people of a list. Raises `ClickException` where some have to stay."""
    refused = run_with_settings(lambda settings: replay(settings, wanted))
    for user in refused:
        click.echo(f"{user} is the last owner of a contract, or the last administrator.", err=True)
    click.echo(f"{len(wanted) - len(refused)} of {len(wanted)} people were erased.")
    if refused:
        raise click.ClickException(
            "Assign another owner or administrator in place of the others, then run this again."
        )


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
            raise click.ClickException(f"Cannot read line {number} of {file}.") from None
    return read

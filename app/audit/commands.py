"""`portal audit`: check the audit log, and take it away to be checked elsewhere."""

import sys
from pathlib import Path

import rich_click as click

from app.audit.checking import Incomplete, Report, export_log, verify_log
from app.audit.files import FORMATS, HEAD_SUFFIX
from app.audit.head_signing import head_signer
from app.audit.heads import read_public_key
from app.audit.linking import link_waiting
from app.cli.runtime import run_with_settings
from app.settings import Settings, read_settings

FILE = click.Path(dir_okay=False, path_type=Path)
OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Verify and export the audit log."""


@audit.command()
@click.option("--key", type=OLD_FILE, multiple=True, help="An earlier public key (PEM).")
@click.option(
    "--head", type=OLD_FILE, multiple=True, help="A signed chain head that you kept elsewhere."
)
def verify(key: tuple[Path, ...], head: tuple[Path, ...]) -> None:
    """Check every event, link and head in the database. Exit code 1 if there are problems."""
    try:
        keys = [read_public_key(each.read_bytes()) for each in key]
    except ValueError as error:
        raise click.ClickException(f"Cannot read a key: {error}.") from None
    heads = [each.read_text("utf-8") for each in head]

    async def work(settings: Settings) -> Report:
        return await verify_log(head_signer(settings.secret_file), keys, heads)

    report = run_with_settings(work)
    for finding in report.findings:
        click.echo(str(finding))
    verdict = f"{len(report.findings)} problems" if report.findings else "no problems"
    click.echo(f"{report.count} events linked, digest {report.digest.hex()}: {verdict}")
    if report.waiting:
        seconds = f"{report.oldest.total_seconds():.0f}"
        click.echo(f"{report.waiting} events are not linked yet, the oldest for {seconds} s.")
    if report.findings:
        sys.exit(1)


@audit.command()
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="ndjson")
@click.option(
    "--out", type=FILE, required=True, help="Output file. The signed head is written beside it."
)
def export(form: str, out: Path) -> None:
    """Link new events and export the whole log with its signed head."""

    async def work(settings: Settings) -> int:
        await link_waiting(settings)
        return await export_log(out, form)

    try:
        count = run_with_settings(work)
    except Incomplete as error:
        raise click.ClickException(f"Cannot export the log: {error}.") from None
    click.echo(f"Exported {count} events to {out} and the head to {out}{HEAD_SUFFIX}.")
    click.echo(f"To verify it on any machine: python -m app.audit.verify {out} --key audit.pem")


@audit.command()
@click.option("--out", type=FILE, required=True, help="Output file for the key (PEM).")
def key(out: Path) -> None:
    """Export the public key that verifies chain heads. Give it to your auditor."""
    signer = head_signer(read_settings().secret_file)
    out.write_bytes(signer.public_pem)
    click.echo(f"Exported key {signer.kid} to {out}.")

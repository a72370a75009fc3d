"""`portal renew-secret`: what to do when the secret file is lost."""

import rich_click as click

from app.cli.runtime import run_with_database
from app.secret.services import renew_secret
from app.settings import read_settings


@click.command("renew-secret")
@click.confirmation_option(
    prompt="Nothing that was encrypted with the former secret can be read after this. Continue?"
)
def renew() -> None:
    """Accept the secret file that is there, or make a new one, after the former was lost.

    Authenticator apps must be set up again, waiting emails fail, and saved forms are lost.
    """
    settings = read_settings()
    run_with_database(settings, lambda: renew_secret(settings), any_secret=True)
    click.echo(f"The portal now uses {settings.secret_file}. Run `portal doctor`.")

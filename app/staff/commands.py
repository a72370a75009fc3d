"""`portal staff`: the first administrator of an installation without accounts."""

import rich_click as click
from asyncpg import UniqueViolationError

from app.accounts.staff_services import create_staff
from app.cli.runtime import run_with_database
from app.settings import read_settings
from app.staff.people.acts import choices
from app.staff.people.values import StaffValues
from app.staff.rules import StaffRole
from app.web import i18n
from app.web.i18n import LANGUAGES
from app.web.requests import form_of
from app.web.values import columns, read_values


@click.group()
def staff() -> None:
    """Manage staff accounts."""


@staff.command()
@click.option("--code", required=True, help="User code for signing in.")
@click.option("--name", required=True, help="Display name.")
@click.option("--email", required=True, help="Email address that receives the link.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in StaffRole]),
    default=StaffRole.ADMINISTRATOR.value,
    show_default=True,
    help="Permissions of the account.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="ja",
    show_default=True,
    help="Language of emails and pages.",
)
def create(**values: str) -> None:
    """Create an account, print the link that sets its password, and email the link.

    Anyone who has the link can set the password. The link works once and expires after 7 days. Exit
    code 1 if the code or the email address is invalid or already in use.
    """
    i18n.language.set("en")
    form = read_values(StaffValues, form_of(values), choices())
    if form.errors:
        raise click.ClickException(" ".join(form.errors.values()))
    settings = read_settings()
    try:
        link = run_with_database(
            settings, lambda: create_staff(settings, **columns(form.values), actor=None)
        )
    except UniqueViolationError:
        message = "Another account uses this user code or email address."
        raise click.ClickException(message) from None
    click.echo(link)

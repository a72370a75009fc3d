"""`portal staff`: the first administrator of an installation that has nobody yet."""

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
    """Accounts of the vendor's staff."""


@staff.command()
@click.option("--code", required=True, help="User code to log in with.")
@click.option("--name", required=True, help="The person's name, as it is shown.")
@click.option("--email", required=True, help="Mail address that the link goes to.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in StaffRole]),
    default=StaffRole.ADMINISTRATOR.value,
    show_default=True,
    help="What the account may do.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="ja",
    show_default=True,
    help="Language of the mail and of the pages.",
)
def create(**values: str) -> None:
    """Create an account and print the link that sets its password; the link is mailed, too.

    Whoever has the link sets the password, once, within 7 days. Exit code 1 where the code or the
    address is taken or cannot be used.
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
        message = "Another account has this user code or mail address."
        raise click.ClickException(message) from None
    click.echo(link)

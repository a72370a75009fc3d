"""`portal single-sign-on`: for the day on which no one can sign in to turn it off."""

import rich_click as click

from app.cli.runtime import run_with_settings
from app.database import Changed, Gone
from app.settings import Settings
from app.single_sign_on.connection_queries import ListedConnection, list_connections
from app.single_sign_on.connection_services import NoDomain, change_state
from app.single_sign_on.rules import IN_USE, State

LONGEST_REASON = 500
WHOSE = click.argument("whose", metavar="WHOSE")
REASON = click.option("--reason", required=True, help="Why; it stands in the audit log.")


@click.group("single-sign-on")
def single_sign_on() -> None:
    """List connections to identity providers, and turn single sign-on off."""


@single_sign_on.command("list")
def list_all() -> None:
    """List whose each connection is, its state, exceptions that count, and its domains."""
    for each in run_with_settings(lambda _: list_connections()):
        kept = f"{each.exceptions} keep a password"
        parts = (each.whose, each.state.value, kept, ", ".join(each.domains), each.name)
        click.echo("  ".join(part for part in parts if part))


@single_sign_on.command("stop-requiring")
@WHOSE
@REASON
def stop_requiring(whose: str, reason: str) -> None:
    """Let passwords count again. WHOSE is `staff`, or the id of a company from the list."""
    _change(whose, reason, State.OFFERED, frozenset({State.REQUIRED}))
    click.echo("Single sign-on is no longer required. Passwords count again.")


@single_sign_on.command("turn-off")
@WHOSE
@REASON
def turn_off(whose: str, reason: str) -> None:
    """Turn it off, and sign out all who came through the provider.

    WHOSE is `staff`, or the id of a company from the list.
    """
    _change(whose, reason, State.TESTED, IN_USE)
    click.echo("Single sign-on is turned off. Everyone signs in with a password.")


def _change(whose: str, reason: str, state: State, before: frozenset[State]) -> None:
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise click.ClickException(f"Give a reason of up to {LONGEST_REASON} characters.")

    async def work(_: Settings) -> None:
        found = await _find(whose)
        if found.state not in before:
            raise click.ClickException(f"Nothing was changed: it is {found.state.value} now.")
        await change_state(found.company, state, revision=found.revision, actor=None, reason=reason)

    try:
        run_with_settings(work)
    except NoDomain:
        raise click.ClickException(
            "The connection has no domain, so it cannot be offered. Use `turn-off`."
        ) from None
    except (Changed, Gone):
        raise click.ClickException("It has just changed. List the connections again.") from None


async def _find(whose: str) -> ListedConnection:
    for each in await list_connections():
        if each.whose == whose.lower():
            return each
    raise click.ClickException(
        f"There is no connection of {whose}. `portal single-sign-on list` names all."
    )

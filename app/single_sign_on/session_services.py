"""Sessions that end with a company's provider, or with its requirement."""

from uuid import UUID

from app.accounts.ending_services import end_sessions_of
from app.accounts.rules import Ending
from app.database import fetch


async def end_password_sessions(company: UUID) -> None:
    """End the sessions by password of people whose company requires its provider, if it does."""
    governed = await fetch(
        'select "user" from known_sign_in_rule where company = $1 and not excepted', company
    )
    await end_sessions_of(
        [each["user"] for each in governed], Ending.SINGLE_SIGN_ON, by_provider=False
    )


async def end_provider_sessions(connection: UUID, domain: str | None = None) -> None:
    """End the sessions that a provider vouched for, of all its people or of a domain's."""
    linked = await fetch(
        'select i."user" from single_sign_on_identity i join portal_user u on u.id = i."user"'
        " where i.connection = $1 and ($2::text is null or split_part(u.email, '@', 2) = $2)",
        connection,
        domain,
    )
    await end_sessions_of(
        [each["user"] for each in linked], Ending.SINGLE_SIGN_ON, by_provider=True
    )

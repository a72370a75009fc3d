"""Sessions that end with a company's provider, or with its requirement."""

from uuid import UUID

from app.accounts.ending_services import end_sessions_of
from app.accounts.rules import Ending
from app.database import fetch


async def end_password_sessions(company: UUID | None) -> None:
    """End the sessions by password of people whose company requires its provider, if it does."""
    governed = await fetch(
        'select "user" from known_sign_in_rule'
        " where company is not distinct from $1 and not excepted",
        company,
    )
    await end_sessions_of(
        [each["user"] for each in governed], Ending.SINGLE_SIGN_ON, by_provider=False
    )


async def end_provider_sessions(connection: UUID, domain: str | None = None) -> None:
    """End the sessions that a provider vouched for, of all its people or of a domain's.

    So do sign-ins that wait for a second factor.
    """
    linked = await fetch(
        'select u.id as "user" from portal_user u'
        ' where (exists (select 1 from single_sign_on_identity i where i."user" = u.id'
        "                and i.connection = $1)"
        '        or exists (select 1 from pending_sign_in p where p."user" = u.id'
        "                   and p.provider = $1))"
        " and ($2::text is null or split_part(u.email, '@', 2) = $2)",
        connection,
        domain,
    )
    await end_sessions_of(
        [each["user"] for each in linked], Ending.SINGLE_SIGN_ON, by_provider=True
    )

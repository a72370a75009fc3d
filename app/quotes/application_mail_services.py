"""Mails that say that a quote was applied: what is in force, or from which day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.database import rows
from app.mail.rules import Recipient
from app.mail.services import enqueue
from app.quotes.application_rules import Plan
from app.quotes.services import MailedRequest
from app.settings import Settings


@dataclass(frozen=True)
class _Reader:
    """A person who gets the email; `owner` says whether they own the contract."""

    address: str
    name: str
    language: str
    owner: bool


async def tell_of_application(
    settings: Settings, quote: MailedRequest, planned: Plan, requested_by: UUID | None, today: date
) -> None:
    """Mail the owners, and who requested the quote if the contract still has that person.

    Args:
        today: where the contract is used; what starts later is named with its day.
    """
    readers = await rows(
        _Reader,
        "select u.email as address, u.name, u.language, m.role = 'owner' as owner"
        ' from membership m join portal_user u on u.id = m."user"'
        " where m.contract = $1 and (m.role = 'owner' or u.id = $2) and u.disabled_at is null"
        " order by u.id",
        quote.contract,
        requested_by,
    )
    added = min((each.starts_on for each in planned.creations), default=None)
    for reader in readers:
        await enqueue(
            settings,
            "quote-application",
            Recipient(reader.address, reader.name, reader.language),
            about=quote.id,
            quote=quote,
            ends_on=planned.contract_ends_on,
            owner=reader.owner,
            link=f"{settings.base_url}/contracts/{quote.number}/products",
            counts_from=_later(planned.counts_from, today),
            added_from=_later(added, today),
        )


def _later(day: date | None, today: date) -> date | None:
    """Return a day that is still to come."""
    return day if day and day > today else None

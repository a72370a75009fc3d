"""Erasing a person: every row and file that says who they were.

The order of locks: confirmations, contracts, then the account, each in id order. A confirm step
locks its confirmation before anything else, so two transactions never wait for each other.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.accounts import throttling
from app.accounts.rules import token_hash
from app.accounts.tables import User
from app.audit.services import record
from app.contracts.tables import Membership
from app.database import Gone, fetch, lock_row
from app.mail.erasure import delete_files
from app.mail.services import withdraw as forget_mails
from app.settings import Settings
from app.withdrawal import queries
from app.withdrawal.rules import Leaving, Reason, Words

# What is named by id beside the person: their memberships, also those that another person ended as
# far as a confirmation may name them, and invitations to them.
NAMED = """
    select id::text as word from membership where "user" = $1
    union select e.subject::text
          from (select distinct payload ->> 'contract' as number from confirmation) named
          join contract c on c.number = named.number
          join audit_event e on e.contract = c.id and e.event_type = 'membership-removal'
          where e.details ->> 'user' = $1::text
    union select id::text from invitation where email = any($2) or accepted_by = $1
"""
# Confirmations of other people are about the person where they name one of those ids or an address;
# what a done one said may have the name in it.
ABOUT_PERSON = """
    select id from confirmation
    where "user" = $1
       or exists (select 1 from unnest($2::text[]) word
                  where position(word in concat_ws(' ', payload, location, message, refusal)) > 0)
       or exists (select 1 from unnest($3::text[]) word where position(word in message) > 0)
    order by id for update
"""
LOCK_CONTRACTS = """
    select c.id from contract c
    where exists (select 1 from membership m where m.contract = c.id and m."user" = $1)
    order by c.id for update
"""
# An invitation whose mail has not left yet would leave with the name of who sent it.
UNSENT = """
    select i.id from invitation i
    where i.invited_by = $1
      and exists (select 1 from mail m where m.about = i.id and m.content is not null)
"""


class ErasureRefused(Exception):
    """The person has to stay for now; nothing was changed."""

    def __init__(self, leaving: Leaving) -> None:
        super().__init__(leaving)
        self.leaving = leaving


@dataclass(frozen=True)
class Held:
    """A person whose rows are locked until the transaction ends.

    Attributes:
        confirmations: ids of those that are about the person, their own among them.
    """

    id: UUID
    account: User
    words: Words
    leaving: Leaving
    confirmations: list[UUID]


@dataclass(frozen=True)
class Files:
    """What to delete outside the database once the transaction has committed."""

    mails: list[UUID]
    words: Words

    async def delete(self, settings: Settings, *, keep: UUID | None = None) -> None:
        """Delete it. `keep` is the id of a mail that stays."""
        await delete_files(settings, self.mails, self.words.in_texts, keep=keep)


async def hold(user: UUID) -> Held:
    """Lock a person and what is about them.

    Raises:
        Gone: the account no longer exists.
    """
    account = await queries.find_account(user)
    if account is None:
        raise Gone
    words = await queries.find_words(account)
    named = [row["word"] for row in await fetch(NAMED, user, list(words.addresses))]
    named = [str(user), *named, *words.addresses]
    rows = await fetch(ABOUT_PERSON, user, named, words.in_texts)
    await fetch(LOCK_CONTRACTS, user)
    await lock_row(User, User.id == user)
    leaving = await queries.find_leaving(user)
    return Held(user, account, words, leaving, [row["id"] for row in rows])


async def erase(
    held: Held, *, id: UUID, reason: Reason | None, note: str, at: datetime, actor: UUID | None
) -> Files:
    """Delete the person inside the open unit of work.

    Args:
        id: of the withdrawal.
        note: what is kept of the person's own words.
        at: when they withdrew.
        actor: the person; None if a restored database is brought to forget them again.

    Raises:
        ErasureRefused: a running contract, or the portal, would be left without anybody.
    """
    if not held.leaving.may_leave:
        raise ErasureRefused(held.leaving)
    await fetch("delete from confirmation where id = any($1)", held.confirmations)
    await _leave_contracts(held, actor)
    mails = await _forget_invitations_and_mails(held)
    await throttling.forget_attempts(_throttled_in(held))
    await User.delete().where(User.id == held.id)
    await _note(held, id, reason, note, at)
    await record("withdrawal", actor=actor, subject=held.id)
    return Files(mails, held.words)


async def _leave_contracts(held: Held, actor: UUID | None) -> None:
    gone = (
        await Membership.delete()
        .where(Membership.user == held.id)
        .returning(Membership.id, Membership.contract, Membership.role)
    )
    for row in gone:
        await record(
            "membership-departure",
            actor=actor,
            contract=row["contract"],
            subject=row["id"],
            user=held.id,
            role_before=row["role"],
        )


async def _forget_invitations_and_mails(held: Held) -> list[UUID]:
    to_them = await fetch(
        "delete from invitation where email = any($1) or accepted_by = $2 returning id",
        list(held.words.addresses),
        held.id,
    )
    unsent = await fetch(UNSENT, held.id)
    await fetch(
        "update invitation set ended_at = $2, end_reason = 'cancelled'"
        " where id = any($1) and ended_at is null",
        [row["id"] for row in unsent],
        clock.now(),
    )
    changes = await fetch('select id from email_change where "user" = $1', held.id)
    about = [held.id, *(row["id"] for row in (*to_them, *unsent, *changes))]
    mails = await fetch("select id from mail where about = any($1)", about)
    await forget_mails(about)
    return [row["id"] for row in mails]


def _throttled_in(held: Held) -> list[str]:
    """Return under what guesses at the person's account were counted: under hashes and ids."""
    typed = [token_hash(word).hex() for word in (held.words.code, *held.words.addresses)]
    return throttling.accounts_of(held.id, typed)


async def _note(held: Held, id: UUID, reason: Reason | None, note: str, at: datetime) -> None:
    """Record that a person withdrew; a database that was restored may have the row already."""
    await fetch(
        "insert into withdrawal (id, erased_user, staff, reason, note, at)"
        " values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        id,
        held.id,
        held.account.staff_role is not None,
        reason,
        note,
        at,
    )

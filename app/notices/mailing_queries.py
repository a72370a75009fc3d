"""Reads about the mails of notices: whom they are for, how far they are, what stops them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.database import fetch, fetch_value, json_rows, part_of, row
from app.notices.tables import NoticeProduct

# Members whose notification is on, of contracts that may use one of the products on that day.
RECIPIENTS = """
    select m."user", array_agg(distinct m.id) as memberships
    from entitlement e join contract c on c.id = e.contract
    join membership m on m.contract = c.id join portal_user u on u.id = m."user"
    where e.product = any($1) and m.notification and u.disabled_at is null
      and ($2 at time zone c.time_zone)::date
          between greatest(e.starts_on, c.starts_on) and least(e.ends_on, c.ends_on)
"""


async def count_recipients(products: Sequence[UUID]) -> int:
    """Return how many people a notice about these products would be mailed to now."""
    count: int = await fetch_value(
        f'select count(*) from ({RECIPIENTS} group by m."user") r', list(products), clock.now()
    )
    return count


@dataclass(frozen=True)
class MailedContract:
    """A contract that a person gets the notices of."""

    membership: UUID
    number: str
    name: str


@dataclass(frozen=True)
class NoticeRecipient:
    """A person whom a notice is mailed to, for these contracts."""

    user: UUID
    name: str
    email: str
    language: str
    contracts: list[MailedContract]


async def next_recipients(notice: UUID, now: datetime, most: int) -> list[NoticeRecipient]:
    """Return whom a notice has still to be mailed to, in the order of their ids."""
    products = NoticeProduct.select(NoticeProduct.product).where(NoticeProduct.notice == notice)
    found = await fetch(
        f"""
        select r."user", u.name, u.email, u.language,
               (select json_agg(json_build_object(
                           'membership', m.id, 'number', c.number, 'name', c.name)
                       order by c.number)
                from membership m join contract c on c.id = m.contract
                where m.id = any(r.memberships)) as contracts
        from ({RECIPIENTS}
              and m."user" > coalesce(
                  (select "user" from notice_mail where notice = $3 order by "user" desc limit 1),
                  '00000000-0000-0000-0000-000000000000')
              group by m."user" order by m."user" limit $4) r
        join portal_user u on u.id = r."user" order by r."user"
        """,
        await products.output(as_list=True),
        now,
        notice,
        most,
    )
    return [
        NoticeRecipient(**{**each, "contracts": json_rows(MailedContract, each["contracts"])})
        for each in found
    ]


@dataclass(frozen=True)
class Mailing:
    """How far the mails of a notice are.

    Attributes:
        written: mails that were put into the outbox.
        queued, sent, failed: what became of them.
        impossible: people whose address takes no mail.
        finished: whether all have been written.
    """

    written: int
    queued: int
    sent: int
    failed: int
    impossible: int
    finished: bool


async def find_mailing(notice: UUID) -> Mailing | None:
    """Return how far the mails of a notice are, for the vendor's staff."""
    return await row(
        Mailing,
        """
        select count(nm.mail) as written,
               count(*) filter (where m.state = 'queued') as queued,
               count(*) filter (where m.state = 'sent') as sent,
               count(*) filter (where m.state = 'failed') as failed,
               count(nm.id) - count(nm.mail) as impossible,
               n.mailed_at is not null as finished
        from notice n left join notice_mail nm on nm.notice = n.id
        left join mail m on m.id = nm.mail where n.id = $1 group by n.id
        """,
        notice,
    )


@dataclass(frozen=True)
class SubscribedContract:
    """A contract that the link in a mail can stop the notices of.

    Attributes:
        id: of the person's membership.
        notification: whether they get notices by mail.
    """

    id: UUID
    notification: bool
    number: str
    name: str


@dataclass(frozen=True)
class Subscription:
    """What the link in a notice's mail is about.

    Attributes:
        contracts: those that the person is still a member of.
    """

    person: UUID
    language: str
    contracts: list[SubscribedContract]


async def find_subscription(token_hash: bytes) -> Subscription | None:
    """Return the contracts that a mailed link stops the notices of."""
    found = await fetch(
        """
        select u.id as person, u.language, m.id, m.notification, c.number, c.name
        from notice_mail nm join portal_user u on u.id = nm."user"
        left join notice_mail_membership x on x.notice_mail = nm.id
        left join membership m on m.id = x.membership
        left join contract c on c.id = m.contract
        where nm.token_hash = $1 order by c.number
        """,
        token_hash,
    )
    if not found:
        return None
    contracts = [part_of(SubscribedContract, each) for each in found if each["id"] is not None]
    return Subscription(found[0]["person"], found[0]["language"], contracts)

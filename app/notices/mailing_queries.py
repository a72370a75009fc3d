"""Reads about the mails of notices: whom they are for, how far they are, what stops them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import clock
from app.database import Record, fetch, fetch_one, row

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
    """How many people a notice about these products would be mailed to now."""
    row = await fetch_one(
        f'select count(*) from ({RECIPIENTS} group by m."user") r', list(products), clock.now()
    )
    return int(row["count"]) if row else 0


async def next_recipients(notice: UUID, now: datetime, most: int) -> list[Record]:
    """Whom a notice has still to be mailed to, in the order of their ids.

    Answers:
        user, their name, email and language, and the contracts: membership, number and name.
    """
    rows = await fetch(
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
        [row["product"] for row in await notice_products(notice)],
        now,
        notice,
        most,
    )
    return [{**row, "contracts": json.loads(row["contracts"])} for row in rows]


async def notice_products(notice: UUID) -> Sequence[Record]:
    """The products that a notice is about."""
    return await fetch("select product from notice_product where notice = $1", notice)


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
    """How far the mails of a notice are, for the vendor's staff."""
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
class Subscription:
    """What the link in a notice's mail is about.

    Attributes:
        contracts: membership id, number, name, and whether notices are on; those that are left.
    """

    person: UUID
    language: str
    contracts: list[Record]


async def find_subscription(token_hash: bytes) -> Subscription | None:
    """The contracts that a mailed link stops the notices of."""
    rows = await fetch(
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
    if not rows:
        return None
    contracts = [row for row in rows if row["id"] is not None]
    return Subscription(rows[0]["person"], rows[0]["language"], contracts)

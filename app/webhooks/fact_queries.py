"""What events say, read from the audit log and from what it names."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.database import fetch, row
from app.webhooks.fact_rules import LogEntry

ENTRY = """
    select e.id, e.at, e.event_type, e.contract, c.number, e.subject,
           case when exists (select from membership m
                             where m.contract = e.contract and m."user" = e.actor)
                  or exists (select from service_account s
                             where s.contract = e.contract and s.id = e.actor)
                  or e.details ->> 'user' = e.actor::text
                then e.actor end as actor,
           e.details::text as details, v.name as environment, q.reference,
           p.code as product, t.quantity, t.starts_on, t.ends_on, t.license_key
    from audit_event e join contract c on c.id = e.contract
    left join environment v on v.id = e.subject
    left join quote_request q on q.id = e.subject
    left join entitlement t on t.id = e.subject left join product p on p.id = t.product
    where e.id = $1
"""


async def find_entry(event: UUID) -> LogEntry | None:
    """Return an entry of the audit log; None if it belongs to no contract."""
    return await row(LogEntry, ENTRY, event)


@dataclass(frozen=True)
class PublishedResource:
    """A resource that was published, and may be withdrawn by now."""

    at: datetime
    id: UUID
    name: str
    version: str
    size: int
    sha256: str
    security_fix: bool
    withdrawn_at: datetime | None
    products: list[str]


async def find_resource(event: UUID) -> PublishedResource | None:
    """Return the resource whose publication an entry of the audit log notes."""
    return await row(
        PublishedResource,
        """
        select e.at, r.id, r.name, r.version, r.size, r.sha256, r.security_fix,
               r.withdrawn_at,
               array(select p.code from resource_product x join product p on p.id = x.product
                     where x.resource = r.id order by p.code) as products
        from audit_event e join resource r on r.id = e.subject where e.id = $1
        """,
        event,
    )


@dataclass(frozen=True)
class PublishedNotice:
    """A notice that was published, perhaps for a later moment.

    Attributes:
        newest: whether it was not given another moment since.
    """

    id: UUID
    title_ja: str
    title_en: str
    published_at: datetime | None
    withdrawn_at: datetime | None
    newest: bool
    products: list[str]


async def find_notice(event: UUID) -> PublishedNotice | None:
    """Return the notice whose publication an entry of the audit log notes."""
    return await row(
        PublishedNotice,
        """
        select n.id, n.title_ja, n.title_en, n.published_at, n.withdrawn_at,
               not exists (select from audit_event later
                           where later.event_type = e.event_type and later.subject = e.subject
                             and (later.at, later.id) > (e.at, e.id)) as newest,
               array(select p.code from notice_product x join product p on p.id = x.product
                     where x.notice = n.id order by p.code) as products
        from audit_event e join notice n on n.id = e.subject where e.id = $1
        """,
        event,
    )


async def contracts_with(products: list[str], now: datetime, months: int = 0) -> list[UUID]:
    """Return the contracts with endpoints that can use one of these products now.

    Args:
        products: codes.
        months: how long after a term contracts still count.
    """
    found = await fetch(
        """
        select distinct w.contract from webhook_endpoint w join contract c on c.id = w.contract
        where w.removed_at is null and exists (
            select from entitlement t join product p on p.id = t.product
            where t.contract = c.id and p.code = any($1)
              and ($2::timestamptz at time zone c.time_zone)::date
                  between greatest(t.starts_on, c.starts_on)
                  and least(t.ends_on, c.ends_on) + make_interval(months => $3))
        """,
        products,
        now,
        months,
    )
    return [each["contract"] for each in found]

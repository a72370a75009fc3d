"""Reads of the end dates that webhooks have to send."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.database import rows
from app.reminders.queries import END_DATES
from app.reminders.rules import STAGES, Kind


@dataclass(frozen=True)
class DueEvent:
    """An end date that is due to be sent.

    Attributes:
        product: code, where it is a product's.
        environment, environment_name, number: of the activation, where it is an activation's.
    """

    kind: str
    subject: UUID
    ends_on: date
    days_left: int
    stage: int
    contract: UUID
    contract_number: str
    product: str | None
    environment: UUID | None
    environment_name: str | None
    number: int | None


# $1 now, $2 the stages, $3 the kinds. Only what comes due while there is an endpoint: a new
# one does not get everything that ends within 90 days.
DUE = f"""
    select x.kind, x.subject, x.ends_on, d.days_left, t.stage,
           c.id as contract, c.number as contract_number, p.code as product,
           v.id as environment, v.name as environment_name, a.seq as number
    from ({END_DATES}) x join contract c on c.id = x.contract
    cross join lateral (
        select x.ends_on - ($1::timestamptz at time zone c.time_zone)::date as days_left) d
    cross join lateral (
        select min(s) as stage from unnest($2::int[]) s where d.days_left between 0 and s) t
    left join entitlement e on e.id = x.subject left join product p on p.id = e.product
    left join activation a on a.id = x.subject left join environment v on v.id = a.environment
    where x.kind = any($3) and t.stage is not null
      and not exists (select from end_date_event done where done.subject = x.subject
                        and done.ends_on = x.ends_on and done.stage = t.stage)
      and exists (select from webhook_endpoint w
                  where w.removed_at is null and (w.contract is null or w.contract = c.id)
                    and (w.created_at at time zone c.time_zone)::date <= x.ends_on - t.stage)
    order by x.ends_on, c.number, x.kind, x.subject limit $4
"""


async def due_events(now: datetime, most: int) -> list[DueEvent]:
    """Return end dates that are due to be sent; the earliest comes first."""
    kinds = [Kind.CONTRACT, Kind.PRODUCT, Kind.ACTIVATION]
    return await rows(DueEvent, DUE, now, list(STAGES), kinds, most)

"""Reads of the home page."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.contracts.queries import PAGE_ROWS, SEEN, seen_contract
from app.contracts.rules import ENDS_SOON_DAYS, SeenContract, Status
from app.database import Record, fetch
from app.environments.queries import differs
from app.products.queries import USE

TODAY = "(now() at time zone c.time_zone)::date"
NEWEST_ACTIVATION = """
    left join lateral (
        select id, expires_at, end_reason from activation
        where environment = e.id order by seq desc limit 1
    ) a on true
"""
PORTLET = f"""
    select c.*,
        (select count(*) from environment e where e.contract = c.id and e.retired_at is null)
            as environments,
        (select json_agg(json_build_object('id', e.id, 'name', e.name) order by e.sort_key, e.id)
         from environment e {NEWEST_ACTIVATION}
         where e.contract = c.id and e.retired_at is null and a.id is null
           and exists (select 1 from allocation where environment = e.id)) as not_activated,
        (select json_agg(json_build_object('id', e.id, 'name', e.name) order by e.sort_key, e.id)
         from environment e {NEWEST_ACTIVATION}
         where e.contract = c.id and e.retired_at is null and a.id is not null
           and a.end_reason is null and a.expires_at > now() and {differs(TODAY)}) as out_of_date,
        (select array_agg(q.reference order by q.requested_at)
         from quote_request q
         where q.contract = c.id and q.state = 'answered' and c.role = 'owner') as answered,
        (select json_agg(json_build_object(
                    'name_ja', p.name_ja, 'name_en', p.name_en, 'unit', p.unit,
                    'quantity', e.quantity, 'allocated', u.allocated, 'in_use', u.in_use,
                    'ends_soon', e.ends_on <= {TODAY} + {ENDS_SOON_DAYS} and e.ends_on < c.ends_on)
                    order by e.license_key is not null, p.code, e.id)
         from entitlement e join product p on p.id = e.product {USE}
         where e.contract = c.id and e.ends_on >= {TODAY}) as products
    from ({SEEN}) c
    order by c.ends_on < {TODAY}, c.ends_on, c.number limit {PAGE_ROWS}
"""


@dataclass(frozen=True)
class PortletContract:
    """A contract of the home page.

    Attributes:
        not_activated, out_of_date: environments, id and name, that wait for an activation.
        answered: reference numbers of quote requests, for owners.
        products: those that can be used today, with what is allocated of each.
    """

    contract: SeenContract
    not_activated: list[dict[str, str]]
    out_of_date: list[dict[str, str]]
    answered: list[str]
    products: list[dict[str, Any]]

    @property
    def ending(self) -> list[dict[str, Any]]:
        """The products that end soon, before their contract does."""
        return [product for product in self.products if product["ends_soon"]]

    @property
    def waits(self) -> bool:
        """Whether anything needs doing."""
        return self.contract.status is Status.ENDS_SOON or bool(
            self.not_activated or self.out_of_date or self.answered or self.ending
        )


async def portlet_contracts(viewer: UUID) -> list[PortletContract]:
    """The person's contracts: those that end first come first, ended ones last."""
    rows = await fetch(PORTLET, viewer)
    return [_portlet(row) for row in rows]


def _portlet(row: Record) -> PortletContract:
    return PortletContract(
        contract=seen_contract(row),
        not_activated=json.loads(row["not_activated"] or "[]"),
        out_of_date=json.loads(row["out_of_date"] or "[]"),
        answered=row["answered"] or [],
        products=json.loads(row["products"] or "[]"),
    )

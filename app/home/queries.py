"""Reads of the home page."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from app.contracts.queries import SEEN, seen_contract
from app.contracts.rules import ENDS_SOON_DAYS, SeenContract, Status
from app.database import Record, fetch, json_rows
from app.environments.queries import differs
from app.products.queries import USE
from app.quotes.queries import answer_read

TODAY = "(now() at time zone c.time_zone)::date"
CONTRACT_ROWS = 50
# So many environments are named; of the others only the number is shown.
NAMED = 3
# What each environment e of contract c waits for, judged as `activation_state` does. A contract may
# have ten thousand: they are looked at once, and `offset 0` keeps each from being judged twice.
WAITING = f"""
    (select json_object_agg(g.reason, json_build_object('total', g.total, 'named', g.named))
     from (select w.reason, count(*) as total,
                  coalesce(json_agg(json_build_object('id', w.id, 'name', w.name) order by w.place)
                           filter (where w.place <= {NAMED}), '[]') as named
           from (select k.reason, e.id, e.name,
                        row_number() over (partition by k.reason order by e.sort_key, e.id) as place
                 from environment e
                 left join lateral (
                     select id, expires_at, end_reason from activation
                     where environment = e.id order by seq desc limit 1
                 ) a on true
                 cross join lateral (select case
                     when a.end_reason is not null then null
                     when a.expires_at > now() then
                         case when {differs(TODAY)} then 'out_of_date' end
                     when exists (
                         select 1 from allocation al join entitlement en on en.id = al.entitlement
                         where al.environment = e.id and en.ends_on >= {TODAY})
                     then case when a.id is null then 'not_activated' else 'expired' end
                 end as reason offset 0) k
                 where e.contract = c.id and e.retired_at is null and c.ends_on >= {TODAY}
                   and k.reason is not null) w
           group by w.reason) g)
"""


PORTLET = f"""
    select c.*,
        (select count(*) from environment e where e.contract = c.id and e.retired_at is null)
            as environments,
        {WAITING} as waiting,
        (select e.id from environment e where e.contract = c.id and e.retired_at is null
         order by e.sort_key, e.id limit 1) as first_environment,
        exists (select from allocation al join environment e on e.id = al.environment
                where e.contract = c.id and e.retired_at is null) as allocated,
        exists (select from activation a join environment e on e.id = a.environment
                where e.contract = c.id) as activated,
        (select array_agg(q.reference order by q.requested_at)
         from quote_request q
         where q.contract = c.id and q.state = 'answered' and c.role = 'owner'
           and not {answer_read("$1")}) as answered,
        (select json_agg(json_build_object(
                    'name_ja', p.name_ja, 'name_en', p.name_en, 'unit', p.unit,
                    'quantity', e.quantity, 'allocated', u.allocated, 'in_use', u.in_use,
                    'ends_soon', e.ends_on <= {TODAY} + {ENDS_SOON_DAYS} and e.ends_on < c.ends_on)
                    order by e.license_key is not null, p.code, e.id)
         from entitlement e join product p on p.id = e.product {USE}
         where e.contract = c.id and e.ends_on >= {TODAY}
           and e.starts_on <= greatest({TODAY}, c.starts_on)) as products
    from ({SEEN}) c
    order by c.ends_on < {TODAY}, c.ends_on, c.number limit {CONTRACT_ROWS}
"""


@dataclass(frozen=True)
class WaitingEnvironment:
    """An environment that waits for something."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Waiting:
    """The first environments that wait for something, and how many do."""

    named: list[WaitingEnvironment]
    total: int


@dataclass(frozen=True)
class UsableProduct:
    """A product that can be used today, with what is allocated of it.

    Attributes:
        ends_soon: whether it ends soon, before its contract does.
    """

    name_ja: str
    name_en: str
    unit: str
    quantity: int
    allocated: int
    in_use: int
    ends_soon: bool


@dataclass(frozen=True)
class PortletContract:
    """A contract of the home page.

    Attributes:
        not_activated, expired, out_of_date: environments that wait for an activation.
        answered: reference numbers of quote requests whose answer the owner has not opened.
        first_environment: the first environment in use, if there is one.
        allocated: whether an environment in use has an allocation.
        activated: whether any environment was ever activated.
    """

    contract: SeenContract
    not_activated: Waiting
    expired: Waiting
    out_of_date: Waiting
    answered: list[str]
    products: list[UsableProduct]
    first_environment: UUID | None
    allocated: bool
    activated: bool

    @property
    def ending(self) -> list[UsableProduct]:
        """Return the products that end soon, before their contract does."""
        return [product for product in self.products if product.ends_soon]

    @property
    def first_step(self) -> int:
        """Return the next of the first steps: 1 create, 2 allocate, 3 activate."""
        if self.first_environment is None:
            return 1
        return 3 if self.allocated else 2

    @property
    def waits(self) -> bool:
        """Return whether anything needs doing."""
        return self.contract.status is Status.ENDS_SOON or bool(
            self.not_activated.total
            or self.expired.total
            or self.out_of_date.total
            or self.answered
            or self.ending
        )


def first_steps_of(contracts: Sequence[PortletContract]) -> PortletContract | None:
    """Return the contract whose first steps a newcomer is shown: none once a system ran."""
    if any(each.activated for each in contracts):
        return None
    return next((each for each in contracts if each.contract.may_change and each.products), None)


async def portlet_contracts(viewer: UUID) -> list[PortletContract]:
    """Return the person's contracts: those that end first come first, ended ones last."""
    return [_portlet(row) for row in await fetch(PORTLET, viewer)]


def _portlet(row: Record) -> PortletContract:
    waiting = msgspec.json.decode(row["waiting"] or "{}", type=dict[str, Waiting])
    none = Waiting([], 0)
    return PortletContract(
        contract=seen_contract(row),
        not_activated=waiting.get("not_activated", none),
        expired=waiting.get("expired", none),
        out_of_date=waiting.get("out_of_date", none),
        answered=row["answered"] or [],
        products=json_rows(UsableProduct, row["products"]),
        first_environment=row["first_environment"],
        allocated=row["allocated"],
        activated=row["activated"],
    )

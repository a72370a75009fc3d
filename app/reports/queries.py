"""The tables that can be downloaded, of a contract that the person sees."""

import json
from datetime import date, datetime

from app import clock, days
from app.activation.rules import file_state
from app.activation.wording import file_state_name
from app.contracts.rules import SeenContract
from app.database import Record, fetch
from app.environments.queries import ENVIRONMENT_COLUMNS, ENVIRONMENT_JOINS
from app.environments.rules import ActivationState, activation_state
from app.products.queries import list_entitlements
from app.products.rules import product_name, product_name_in, unit_name
from app.reports.rules import Table, Value
from app.web.i18n import gettext as _

ALLOCATIONS = f"""
    select {ENVIRONMENT_COLUMNS}, p.code, p.name_ja, p.name_en, p.unit, x.here, x.held,
           t.starts_on, t.ends_on
    from environment e join contract c on c.id = e.contract {ENVIRONMENT_JOINS}
    left join lateral (
        select entitlement, coalesce(al.quantity, 0) as here,
               greatest(coalesce(h.quantity, 0) - coalesce(al.quantity, 0), 0) as held
        from (select entitlement, quantity from allocation where environment = e.id) al
        full join (select entitlement, quantity from hold where environment = e.id) h
            using (entitlement)
    ) x on true
    left join entitlement t on t.id = x.entitlement
    left join product p on p.id = t.product
    where e.contract = $1 and e.retired_at is null
    order by e.sort_key, e.id, p.code, t.id
"""
ACTIVATIONS = """
    select e.name as environment, a.seq, a.issued_at, coalesce(u.name, sa.name) as issued_by,
           a.moved,
           a.downloaded_at, a.expires_at, a.ended_at, a.end_reason,
           p.code, p.name_ja, p.name_en, p.unit, ap.quantity, ap.starts_on, ap.ends_on
    from activation a join environment e on e.id = a.environment
    left join portal_user u on u.id = a.issued_by
    left join service_account sa on sa.id = a.issued_by_account
    left join activation_product ap on ap.activation = a.id
    left join entitlement t on t.id = ap.entitlement
    left join product p on p.id = t.product
    where e.contract = $1
    order by e.sort_key, e.id, a.seq desc, p.code, t.id
"""


def _unit(row: Record) -> str:
    return unit_name(row["unit"]) if row["unit"] else ""


def _yes(value: bool) -> str:
    return _("Yes") if value else ""


async def products_table(contract: SeenContract, *, expired: bool) -> Table:
    """Return 製品, as the tab shows it.

    Args:
        expired: whether those that ended before today are also in it.
    """
    heads = [
        *(_("Product code"), _("Product name"), _("Version"), _("Other product")),
        *(_("Contracted"), _("Allocated"), _("In use beyond the allocation"), _("Free"), _("Unit")),
        *(_("First usable day"), _("Last usable day")),
    ]
    rows: list[list[Value]] = [
        [
            *(each.code, product_name(each), each.version, _yes(each.other)),
            *(each.quantity, each.allocated, each.held, each.free, unit_name(each.unit)),
            *(each.starts_on, each.ends_on),
        ]
        for each in await list_entitlements(contract, expired=expired)
    ]
    return Table(_("Products"), heads, rows, contract.time_zone)


async def allocations_table(contract: SeenContract) -> Table:
    """Return each environment in use with what is allocated to it, if anything."""
    heads = [
        *(_("Sort key"), _("Environment name"), _("Group company"), _("Note")),
        *(_("Activation"), _("Product code"), _("Product name"), _("Allocated")),
        *(
            _("In use beyond the allocation"),
            _("Unit"),
            _("First usable day"),
            _("Last usable day"),
        ),
    ]
    rows = [
        [
            *(
                row["sort_key"],
                row["name"],
                row["group_company_name"],
                row["note"],
                state_name(row),
            ),
            *(row["code"], product_name_in(row), row["here"], row["held"], _unit(row)),
            *(row["starts_on"], row["ends_on"]),
        ]
        for row in await fetch(ALLOCATIONS, contract.id)
    ]
    return Table(_("Allocations"), heads, rows, contract.time_zone)


def state_name(row: Record) -> str:
    """Return the state of an environment's activation, in the words of its tab."""
    allocations = json.loads(row["allocations"] or "[]")
    state = activation_state(
        allocated=any(not allocation["expired"] for allocation in allocations),
        expires_at=row["expires_at"],
        end_reason=row["end_reason"],
        differs=row["differs"],
        now=clock.now(),
    )
    return {
        ActivationState.RUNS: _("Activated"),
        ActivationState.OUT_OF_DATE: _("Activate again"),
        ActivationState.EXPIRED: _("Activation ended"),
        ActivationState.RETURNED: _("Returned"),
        ActivationState.NOT_ACTIVATED: _("Not activated"),
        ActivationState.NOTHING_ALLOCATED: _("Not in use"),
    }[state]


async def activations_table(contract: SeenContract) -> Table:
    """Return every activation file of the contract, of retired environments too."""

    def last_day(end: datetime) -> date:
        return days.last_day_before(end, contract.time_zone)

    heads = [
        *(_("Environment name"), _("No."), _("Issued"), _("Issued by"), _("Move")),
        *(_("Downloaded"), _("Can be loaded until"), _("Status"), _("Ended on")),
        *(_("Product code"), _("Product name"), _("Quantity"), _("Unit")),
        *(_("First usable day"), _("Last usable day")),
    ]
    rows = [
        [
            *(row["environment"], row["seq"], row["issued_at"], row["issued_by"]),
            *(_yes(row["moved"]), row["downloaded_at"], last_day(row["expires_at"])),
            *(_file_state(row), row["ended_at"], row["code"], product_name_in(row)),
            *(row["quantity"], _unit(row), row["starts_on"], row["ends_on"]),
        ]
        for row in await fetch(ACTIVATIONS, contract.id)
    ]
    return Table(_("Activations"), heads, rows, contract.time_zone)


def _file_state(row: Record) -> str:
    return file_state_name(file_state(row["end_reason"], row["expires_at"], clock.now()))

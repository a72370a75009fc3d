"""An entitlement that takes the place of another one from a later day on."""

from datetime import date, timedelta
from uuid import UUID

from app import clock
from app.audit.services import record
from app.contracts.contract_services import ChangeKind, Reason, note_change
from app.contracts.services import named_outside
from app.database import fetch, fetch_one, fetch_value, lock_row, unit_of_work
from app.products.amendment_values import EntitlementAmendmentValues
from app.products.rules import Term
from app.products.tables import Entitlement


async def lock_all(contract: UUID) -> None:
    """Lock a contract, its environments, then its entitlements, each in id order.

    Allocations are carried over while the entitlements are locked, and so their environments have
    to be locked before.
    """
    await fetch("select 1 from contract where id = $1 for update", contract)
    await fetch(
        "select 1 from environment where contract = $1 and retired_at is null"
        " order by id for share",
        contract,
    )
    await fetch("select 1 from entitlement where contract = $1 order by id for update", contract)


async def succeed_entitlement(
    *, contract: UUID, entitlement: UUID, quantity: int, term: Term, actor: UUID
) -> UUID:
    """End an entitlement on the day before a term begins, and continue with another count then.

    The caller holds the locks of `lock_all`.

    Allocations continue without a gap: each environment gets the same count of the new entitlement,
    in the order of the environments, as far as the new count goes. The external id moves too, so
    that other systems change what runs on and not what has ended. Answers the new entitlement.

    Raises:
        asyncpg.CheckViolationError: the term ends before it starts, or starts before the old one.
    """
    async with unit_of_work():
        external_id = await fetch_value(
            "select external_id from entitlement where id = $1", entitlement
        )
        old = await fetch_one(
            "update entitlement set ends_on = least(ends_on, $2), external_id = null where id = $1"
            " returning product, quantity, ends_on",
            entitlement,
            term.starts_on - timedelta(days=1),
        )
        assert old is not None, "the entitlement is locked"
        new = Entitlement(
            contract=contract,
            product=old["product"],
            quantity=quantity,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            created_at=clock.now(),
            external_id=external_id,
        )
        await Entitlement.insert(new)
        carried = await _carry_allocations(entitlement, new.id, quantity)
        await _carry_holds(entitlement, new.id, term.starts_on)
        await record(
            "entitlement-succession",
            actor=actor,
            contract=contract,
            subject=new.id,
            follows=entitlement,
            quantity_before=old["quantity"],
            last_day_before=old["ends_on"],
            quantity=quantity,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            allocated=carried,
            **named_outside(external_id),
        )
    return new.id


async def _carry_allocations(old: UUID, new: UUID, quantity: int) -> dict[str, int]:
    """Allocate the new entitlement as the old one is; answers the counts by environment."""
    rows = await fetch(
        """
        insert into allocation (id, contract, environment, entitlement, quantity)
        select gen_random_uuid(), s.contract, s.environment, $2, least(s.quantity, $3 - s.before)
        from (select a.contract, a.environment, a.quantity, v.sort_key, v.id,
                     coalesce(sum(a.quantity) over (order by v.sort_key, v.id
                         rows between unbounded preceding and 1 preceding), 0)::int as before
              from allocation a join environment v on v.id = a.environment
              where a.entitlement = $1) s
        where s.before < $3 order by s.sort_key, s.id
        returning environment, quantity
        """,
        old,
        new,
        quantity,
    )
    return {str(row["environment"]): row["quantity"] for row in rows}


async def _carry_holds(old: UUID, new: UUID, starts_on: date) -> None:
    """Hold of the new entitlement what files with the old term still use from its first day on.

    No more than the environment gets allocated: what is beyond it runs on until the file ends or
    is replaced, and cannot be called back.
    """
    await fetch(
        """
        insert into carried_hold (id, activation, entitlement, quantity)
        select gen_random_uuid(), a.id, $2, least(max(p.quantity), n.quantity)
        from activation a
        join (select activation, quantity from activation_product
              where entitlement = $1 and ends_on >= $3
              union all
              select activation, quantity from carried_hold where entitlement = $1) p
            on p.activation = a.id
        join allocation n on n.environment = a.environment and n.entitlement = $2
        where a.ended_at is null and a.expires_at > now()
        group by a.id, n.quantity order by a.id
        """,
        old,
        new,
        starts_on,
    )


async def amend_entitlement_later(
    *,
    contract: UUID,
    entitlement: UUID,
    values: EntitlementAmendmentValues,
    revision: int,
    actor: UUID,
) -> None:
    """Give a contracted product another quantity from its date of effect on.

    Args:
        values: with the whole term, of which the new quantity gets the days from then on.
        revision: the one that the actor saw.

    Raises:
        Gone: the contract has no such entitlement.
        Changed: it has another revision by now.
        asyncpg.CheckViolationError: the term ends before the new quantity counts.
        asyncpg.UniqueViolationError: another entitlement has the external id.
    """
    async with unit_of_work():
        await lock_all(contract)
        await lock_row(
            Entitlement,
            (Entitlement.id == entitlement) & (Entitlement.contract == contract),
            revision=revision,
        )
        await Entitlement.update(
            {
                Entitlement.starts_on: values.starts_on,
                Entitlement.external_id: values.external_id,
            }
        ).where(Entitlement.id == entitlement)
        await succeed_entitlement(
            contract=contract,
            entitlement=entitlement,
            quantity=values.quantity,
            term=Term(values.effective_on, values.ends_on),
            actor=actor,
        )
        await note_change(contract, ChangeKind.AMENDED, Reason(values.reason, values.effective_on))

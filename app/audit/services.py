"""Record what was done, in the same transaction as the change itself."""

import json
from datetime import datetime
from uuid import UUID

import structlog

from app import clock
from app.audit.limits import COALESCED, ONE_BY_ONE, OWN_SUBJECT, most_a_day
from app.database import engine, uuid7
from app.database.quotas import QuotaFull
from app.web.i18n import N_

_ADD = """
    insert into audit_event (id, at, event_type, actor, contract, subject, details, request_id)
    select $1::uuid, $2::timestamptz, $3::text, $4::uuid, $5::uuid, $6::uuid, {details}, $8::text
    {where} returning id
"""
# Events of the same type by the same person about the same thing, within the last hour; at most so
# many rows.
_SAME = """
    from (select e.at, e.details from audit_event e
          where {by} and e.event_type = $3 and e.at > $2::timestamptz - interval '1 hour'
            and ({any_subject} or e.subject is not distinct from $6)
            and e.contract is not distinct from $5
          order by e.at desc limit $9::int) same
"""
_COALESCED = """
    from (select count(*) as number, max(at) as newest {same}) lately
    where lately.number < $9 or lately.newest <= $2::timestamptz - interval '1 minute'
"""
_LIMITED = """
    where (select count(*) from (
        select 1 from audit_event e
        where e.actor = $4 and e.event_type = $3 and e.at > $2::timestamptz - interval '24 hours'
        limit $9::int) today) < $9
"""
TOO_MUCH = N_("You have reached the 24-hour limit for this action. Try again tomorrow.")


class OutsideUnitOfWork(Exception):
    """An event was recorded without the transaction of its change: a defect."""


async def record(
    event_type: str,
    *,
    actor: UUID | None,
    contract: UUID | None = None,
    subject: UUID | None = None,
    **details: object,
) -> None:
    """Add an event to the audit log.

    Args:
        event_type: what was done, a noun in kebab-case such as ``environment-creation``.
        actor: the person, or None for the portal itself.
        contract: the contract it belongs to.
        subject: the row that it is about.
        details: JSON values; never a secret, never a person's name or address.

    Raises:
        OutsideUnitOfWork: called outside a unit of work.
        QuotaFull: the person did this too often within a day; the change must not commit.
    """
    current = engine.current_transaction.get()
    if current is None:
        raise OutsideUnitOfWork
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    written = json.dumps(details, ensure_ascii=False, default=str)
    now: datetime = clock.now()
    values = [uuid7(), now, event_type, actor, contract, subject, written, request_id]
    sql, most = _statement(event_type, actor)
    added = await current.connection.fetch(sql, *values, *most)
    if not added and event_type not in COALESCED:
        raise QuotaFull(TOO_MUCH)


def _statement(event_type: str, actor: UUID | None) -> tuple[str, list[int]]:
    """The statement that adds an event unless there are too many, and its last values."""
    if event_type in COALESCED:
        by = "e.actor = $4" if actor else "e.actor is null and $4::uuid is null"
        repeated = "case when lately.number < $9 then $7::jsonb"
        repeated += " else $7::jsonb || '{\"repeated\": true}' end"
        where = _COALESCED.format(same=_SAME.format(by=by, any_subject=event_type in OWN_SUBJECT))
        return _ADD.format(details=repeated, where=where), [ONE_BY_ONE]
    if actor is None:
        return _ADD.format(details="$7::jsonb", where=""), []
    return _ADD.format(details="$7::jsonb", where=_LIMITED), [most_a_day(event_type)]

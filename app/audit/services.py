"""Recording what was done, in the same transaction as the act itself."""

import json
from uuid import UUID

import structlog

from app import clock
from app.audit.tables import AuditEvent
from app.database import engine


class OutsideUnitOfWork(Exception):
    """An event was recorded without the transaction of its act: a defect."""


async def record(
    act: str,
    *,
    actor: UUID | None,
    contract: UUID | None = None,
    subject: UUID | None = None,
    **details: object,
) -> None:
    """Add an event to the audit log.

    Args:
        act: what was done, a noun in kebab-case such as ``environment-creation``.
        actor: the person, or None for the portal itself.
        contract: the contract it belongs to.
        subject: the row that it is about.
        details: JSON values; never a secret, never a person's name or address.

    Raises:
        OutsideUnitOfWork: called outside a unit of work.
    """
    if engine.current_transaction.get() is None:
        raise OutsideUnitOfWork
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    await AuditEvent.insert(
        AuditEvent(
            at=clock.now(),
            act=act,
            actor=actor,
            contract=contract,
            subject=subject,
            details=json.dumps(details, ensure_ascii=False, default=str),
            request_id=request_id,
        )
    )

"""What the audit log keeps of owners and administrators who keep their password."""

from uuid import UUID

from app.audit.services import record


async def note_exception(
    company: UUID | None, user: UUID, *, keep: bool, actor: UUID, contract: UUID | None
) -> None:
    """Record that an owner keeps the password, or no longer; for the vendor, an administrator."""
    match company, keep:
        case None, True:
            await record("staff-single-sign-on-exception", actor=actor, subject=user)
        case None, False:
            await record("staff-single-sign-on-exception-end", actor=actor, subject=user)
        case _, True:
            await record(
                "single-sign-on-exception",
                actor=actor,
                contract=contract,
                subject=company,
                user=user,
            )
        case _, False:
            await record(
                "single-sign-on-exception-end",
                actor=actor,
                contract=contract,
                subject=company,
                user=user,
            )

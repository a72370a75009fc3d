"""Making and delivering emergency files."""

import asyncio
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog

from app import clock
from app.activation.emergencies.file_services import build_emergency_file
from app.activation.emergencies.queries import read_standby
from app.activation.emergencies.rules import EmergencyOutcome, Standby
from app.activation.emergencies.tables import EmergencyFile
from app.activation.format.jws import thumbprint
from app.activation.format.signed_files import FileTooLarge, SigningFailed
from app.activation.licensed_products import expiry
from app.activation.signing import Licensee, Office, licensee_of
from app.activation.signing_keys.services import open_office
from app.audit.services import record
from app.contracts.rules import SeenContract
from app.database import unit_of_work, uuid7
from app.environments.services import lock_environment
from app.settings import Settings

log = structlog.get_logger()
# What the guard of the table says, and what that means to a person.
GUARDS = {
    "emergency_file_within_contract": EmergencyOutcome.LIMIT_REACHED,
    "emergency_file_after_activation": EmergencyOutcome.ACTIVATE_FIRST,
    "emergency_file_of_an_environment": EmergencyOutcome.ENVIRONMENT_RETIRED,
}


class EmergencyRefused(Exception):
    """No file was made; `outcome` says why."""

    def __init__(self, outcome: EmergencyOutcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


async def make_file(
    settings: Settings, contract: SeenContract, environment: UUID, slot: int, actor: UUID
) -> UUID:
    """Make the emergency file of a slot, in the place of the one before; return its id.

    Locks the environment. The second of two decides again on what the first one left.

    Args:
        contract: through the eyes of `actor`, who may change it.
        environment: one of the contract's.

    Raises:
        Gone: the environment is retired.
        EmergencyRefused: no file can be made now; nothing was changed.
    """
    office = await open_office(settings, clock.now())
    async with unit_of_work():
        row = await lock_environment(contract.id, environment)
        now = clock.now()
        standby = await read_standby(contract, environment, now)
        outcome = standby.obstacle(slot, has_signing_key=office is not None)
        if outcome is not None or office is None:
            raise EmergencyRefused(outcome or EmergencyOutcome.NO_SIGNING_KEY)
        licensee = licensee_of(contract, environment, row.name)
        file = await _signed(office, licensee, standby, slot, now)
        by_account = contract.service_role is not None
        file.issued_by = None if by_account else actor
        file.issued_by_account = actor if by_account else None
        await _keep(file, standby, now)
        await record(
            "emergency-file",
            actor=actor,
            contract=contract.id,
            subject=environment,
            slot=slot,
            jti=file.jti,
            kid=file.kid,
            quantities={str(each.entitlement): each.quantity for each in standby.products},
        )
        id: UUID = file.id
        return id


async def _signed(
    office: Office, licensee: Licensee, standby: Standby, slot: int, now: datetime
) -> EmergencyFile:
    jti = str(uuid7())
    try:
        text = await asyncio.to_thread(
            build_emergency_file,
            office,
            licensee,
            standby.products,
            slot=slot,
            jti=jti,
            issued_at=now,
        )
    except FileTooLarge as error:
        raise EmergencyRefused(EmergencyOutcome.FILE_TOO_LARGE) from error
    except SigningFailed as error:
        log.error("signing-failed", error=str(error))
        raise EmergencyRefused(EmergencyOutcome.NO_SIGNING_KEY) from error
    return EmergencyFile(
        environment=licensee.environment,
        slot=slot,
        jti=jti,
        kid=thumbprint(office.signer.public_key),
        file=text,
        issued_at=now,
        expires_at=expiry(standby.products, licensee.time_zone),
    )


async def _keep(file: EmergencyFile, standby: Standby, now: datetime) -> None:
    """Insert the file; the one before leaves its slot first, which can hold only one."""
    before = [each.id for each in standby.files if each.slot == file.slot]
    if before:
        await EmergencyFile.update({EmergencyFile.replaced_at: now}).where(
            EmergencyFile.id.is_in(before)
        )
    try:
        await EmergencyFile.insert(file)
    except asyncpg.CheckViolationError as error:
        outcome = GUARDS.get(str(error.constraint_name))
        if outcome is None:
            raise
        raise EmergencyRefused(outcome) from error


async def note_download(contract: SeenContract, environment: UUID, id: UUID, actor: UUID) -> None:
    """Note the first download of a file."""
    async with unit_of_work():
        first = EmergencyFile.update({EmergencyFile.downloaded_at: clock.now()}).where(
            (EmergencyFile.id == id)
            & (EmergencyFile.environment == environment)
            & EmergencyFile.downloaded_at.is_null()
        )
        rows = await first.returning(EmergencyFile.slot)
        if rows:
            await record(
                "emergency-download",
                actor=actor,
                contract=contract.id,
                subject=environment,
                slot=rows[0]["slot"],
            )

"""Keep what a request reports about emergency files, and mail the owners."""

from uuid import UUID

from app.activation.emergencies.tables import EmergencyUse
from app.activation.format.requests import ReportedEmergency
from app.activation.issue_services import Case
from app.audit.services import record
from app.contracts.recipient_queries import people_in_charge
from app.contracts.rules import SeenContract
from app.database import Record, fetch
from app.mail.services import enqueue_for_each
from app.settings import Settings

# Files of the contract $1 with these ids, and whether the system with the key $3 was noted before.
REPORTED = """
    select f.id, f.jti, f.slot, f.environment, e.name, c.number,
           exists (select from emergency_use u where u.emergency_file = f.id
                   and u.jkt = $3) as known
    from emergency_file f join environment e on e.id = f.environment
    join contract c on c.id = e.contract
    where c.id = $1 and f.jti = any($2) order by f.id
"""


async def note_uses(settings: Settings, case: Case) -> None:
    """Keep which emergency files the system of a request has used, inside the unit of work.

    Files of other contracts are left out. A system that was noted before is not noted again, but
    the days that it used may have grown.
    """
    reported = {each.jti: each for each in case.request.emergencies}
    if not reported:
        return
    for found in await fetch(REPORTED, case.contract.id, list(reported), case.request.jkt):
        use = reported[found["jti"]]
        if found["known"]:
            await EmergencyUse.update({EmergencyUse.days_used: use.days_used}).where(
                (EmergencyUse.emergency_file == found["id"])
                & (EmergencyUse.jkt == case.request.jkt)
                & (EmergencyUse.days_used < use.days_used)
            )
        else:
            await _note(settings, case, found, use)


async def _note(settings: Settings, case: Case, found: Record, use: ReportedEmergency) -> None:
    system = case.request.system
    noted = await EmergencyUse.insert(
        EmergencyUse(
            emergency_file=found["id"],
            environment=case.environment,
            jkt=case.request.jkt,
            system_name=system.name,
            host=system.host,
            first_used_at=use.first_used_at,
            days_used=use.days_used,
            reported_at=case.now,
        )
    ).on_conflict(action="DO NOTHING")
    if not noted:
        return  # a request of the same system for another environment came first
    await record(
        "emergency-use",
        actor=case.actor,
        contract=case.contract.id,
        subject=found["environment"],
        slot=found["slot"],
        jti=use.jti,
        system=system.name,
        host=system.host,
        first_used_at=use.first_used_at.isoformat(),
        days_used=use.days_used,
    )
    await _mail_owners(settings, case, found, use)


async def _mail_owners(
    settings: Settings, case: Case, found: Record, use: ReportedEmergency
) -> None:
    contract: SeenContract = case.contract
    place: UUID = found["environment"]
    await enqueue_for_each(
        settings,
        "emergency-use",
        await people_in_charge(contract.id),
        about=found["id"],
        contract=f"{contract.name} ({contract.number})",
        environment=found["name"],
        system=case.request.system.name,
        host=case.request.system.host,
        first_used_at=use.first_used_at,
        time_zone=contract.time_zone,
        days=use.days_used,
        link=f"{settings.base_url}{contract.url}/environments/{place}/emergency-files",
    )

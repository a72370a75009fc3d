"""Reads about emergency files, always within a contract that the person sees."""

from datetime import datetime
from uuid import UUID

from app.activation.emergencies.rules import EmergencyReport, SeenEmergencyFile, Standby
from app.activation.licensed_products import LicensedProduct
from app.contracts.rules import SeenContract
from app.database import fetch_one, fetch_value, json_rows, rows
from app.products.rules import Term

# The newest file of each slot of environment e, with who used it.
FILES = """
    select json_agg(json_build_object(
        'id', f.id, 'slot', f.slot, 'jti', f.jti, 'file', f.file, 'issued_at', f.issued_at,
        'issued_by', coalesce(u.name, sa.name), 'expires_at', f.expires_at,
        'downloaded_at', f.downloaded_at, 'uses', (
            select coalesce(json_agg(json_build_object(
                'system_name', x.system_name, 'host', x.host, 'environment', at.name,
                'first_used_at', x.first_used_at, 'days_used', x.days_used,
                'reported_at', x.reported_at) order by x.reported_at, x.id), '[]')
            from emergency_use x join environment at on at.id = x.environment
            where x.emergency_file = f.id)) order by f.slot)::text
    from emergency_file f left join portal_user u on u.id = f.issued_by
    left join service_account sa on sa.id = f.issued_by_account
    where f.environment = e.id and f.replaced_at is null
"""
STANDBY = f"""
    select e.retired_at is not null as retired, c.emergency_files as allowed,
           (select max(issued_at) from activation where environment = e.id) as activated_at,
           (select json_agg(json_build_object(
                'entitlement', al.entitlement, 'quantity', al.quantity, 'code', p.code,
                'name_ja', p.name_ja, 'name_en', p.name_en, 'unit', p.unit,
                'term', json_build_object('starts_on', en.starts_on, 'ends_on', en.ends_on)))
            from allocation al join entitlement en on en.id = al.entitlement
            join product p on p.id = en.product where al.environment = e.id) as allocated,
           (select signed from keyset where signed is not null order by version desc limit 1)
               as keyset, ({FILES}) as files
    from environment e join contract c on c.id = e.contract
    where e.id = $1 and c.id = $2
"""


async def read_standby(contract: SeenContract, environment: UUID, now: datetime) -> Standby:
    """Return what decisions about an environment's emergency files stand on.

    Args:
        environment: one of the contract's.
    """
    row = await fetch_one(STANDBY, environment, contract.id)
    assert row is not None, "the environment is the contract's"
    return Standby(
        allowed=row["allowed"],
        retired=row["retired"],
        contract=Term(contract.starts_on, contract.ends_on),
        today=contract.today,
        now=now,
        allocated=json_rows(LicensedProduct, row["allocated"]),
        activated_at=row["activated_at"],
        keyset=row["keyset"],
        files=json_rows(SeenEmergencyFile, row["files"]),
    )


async def find_file(environment: UUID, id: UUID) -> SeenEmergencyFile | None:
    """Return one of the environment's emergency files that has not been replaced."""
    found: str | None = await fetch_value(
        f"select ({FILES}) from environment e where e.id = $1", environment
    )
    files = json_rows(SeenEmergencyFile, found)
    return next((each for each in files if each.id == id), None)


async def list_reports(environment: UUID) -> list[EmergencyReport]:
    """Return who used emergency files of an environment, the latest report first."""
    return await rows(
        EmergencyReport,
        """
        select x.system_name, x.host, at.name as environment, x.first_used_at, x.days_used,
               x.reported_at, f.slot
        from emergency_use x join emergency_file f on f.id = x.emergency_file
        join environment at on at.id = x.environment
        where f.environment = $1 order by x.reported_at desc, x.id limit 100
        """,
        environment,
    )

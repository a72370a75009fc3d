"""Emergency files as staff see them: who made one, and which systems reported its use."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from app import clock

# The files of environment e, the one of which something was last heard first. A use came with the
# request that an activation answered, or with a return, in one transaction: so the times are equal.
FILES = """
    select e.name as environment, f.slot, f.issued_at, coalesce(u.name, sa.name) as issued_by,
           f.expires_at, f.downloaded_at, f.replaced_at, used.uses,
           greatest(f.issued_at, used.last_at) as last_at
    from emergency_file f left join portal_user u on u.id = f.issued_by
    left join service_account sa on sa.id = f.issued_by_account
    left join lateral (
        select json_agg(json_build_object(
                   'system', x.system_name, 'host', x.host, 'first_used_at', x.first_used_at,
                   'days', x.days_used, 'reported_at', x.reported_at,
                   'place', p.name, 'activation', a.id, 'number', a.seq)
                   order by x.reported_at desc, x.id) as uses,
               max(x.reported_at) as last_at
        from emergency_use x join environment p on p.id = x.environment
        left join activation a on a.environment = x.environment
             and (a.issued_at = x.reported_at and a.jkt = x.jkt
                  or a.return_jti is not null and a.ended_at = x.reported_at)
        where x.emergency_file = f.id) used on true
    where f.environment = e.id order by last_at desc, f.id
"""


class EmergencyUse(Struct, frozen=True):
    """What a system reported.

    Attributes:
        place: the environment whose request reported it.
        activation: what answered this request, or was given back by it.
    """

    system: str
    host: str
    first_used_at: datetime
    days: int
    reported_at: datetime
    place: str
    activation: UUID | None
    number: int | None


class EmergencyFile(Struct, frozen=True):
    """An emergency file that was made, also one that was replaced."""

    environment: str
    slot: int
    issued_at: datetime
    issued_by: str | None
    expires_at: datetime
    downloaded_at: datetime | None
    replaced_at: datetime | None
    uses: list[EmergencyUse] | None

    @property
    def expired(self) -> bool:
        """Return whether no system can begin to use it."""
        return self.expires_at <= clock.now()

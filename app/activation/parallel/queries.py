"""What reads of an environment's activations say about its parallel operation."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.database import fetch_value, json_rows

# The old system of the last parallel operation of the environment `{0}`, as a list of at most one.
OLD_SYSTEM = """
    (select json_agg(json_build_object(
         'seq', o.seq, 'jti', o.jti, 'jkt', o.jkt, 'ends_on', p.ends_on,
         'ended', p.ended_at is not null, 'returned', o.return_jti is not null))::text
     from (select * from parallel_operation where environment = {0}
           order by started_at desc limit 1) p
     join activation o on o.id = p.activation)
"""
# Parallel operations of the environment $1 that did not end early, the last one first.
NOT_ENDED = """
    (select coalesce(json_agg(json_build_object(
         'seq', o.seq, 'request_file', o.request_file, 'ends_on', p.ends_on)
         order by p.started_at desc), '[]'::json)
     from parallel_operation p join activation o on o.id = p.activation
     where p.environment = $1 and p.ended_at is null)
"""


@dataclass(frozen=True)
class SeenParallel:
    """An old system that may run through `ends_on`, as an owner sees it."""

    seq: int
    request_file: str
    ends_on: date


def running(found: list[SeenParallel], today: date) -> SeenParallel | None:
    """Return the one of an environment's parallel operations that runs on a day."""
    return next((each for each in found if today <= each.ends_on), None)


async def find_running(environment: UUID, today: date) -> SeenParallel | None:
    """Return the parallel operation of an environment that runs on a day."""
    found: str | None = await fetch_value(f"select {NOT_ENDED}::text", environment)
    return running(json_rows(SeenParallel, found), today)

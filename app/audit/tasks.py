"""What the portal does by itself about the audit log: it links events into the chain."""

from app.audit.linking import link_waiting
from app.background.task import Task, repeat
from app.settings import Settings


async def _link(settings: Settings) -> bool:
    await link_waiting(settings)
    return False


# An event waits at most this long, plus the time of a step, where the goal is 5 seconds.
LINKING = Task(
    "audit-linking", repeat(_link), pause_seconds=1.0, in_every_server=True, finishes=True
)

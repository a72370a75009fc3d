"""What the portal does by itself about mails: it delivers the outbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.background.task import Step, Task
from app.mail.worker import Deliveries
from app.settings import Settings


@asynccontextmanager
async def _deliveries(settings: Settings) -> AsyncIterator[Step]:
    at_work = Deliveries(settings)
    try:
        yield at_work.step
    finally:
        await at_work.rest()


# The outbox is polled; LISTEN would need a separate connection per process, which poolers between
# the portal and its database do not pass on.
DELIVERY = Task("mail-delivery", _deliveries, pause_seconds=1.0)

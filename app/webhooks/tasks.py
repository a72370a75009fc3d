"""What the portal does by itself about webhooks: it writes deliveries, and makes them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.background.task import Step, Task, repeat
from app.settings import Settings
from app.webhooks.pending_services import emit_pending
from app.webhooks.worker import WebhookDeliveries


@asynccontextmanager
async def _deliveries(settings: Settings) -> AsyncIterator[Step]:
    yield WebhookDeliveries(settings).step


EMISSION = Task("webhook-events", repeat(emit_pending), pause_seconds=1.0)
DELIVERY = Task("webhook-delivery", _deliveries, pause_seconds=1.0)

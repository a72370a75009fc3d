"""The mails of one journey, as they were really delivered: files in the folder mail/."""

import asyncio
from email.message import EmailMessage
from uuid import UUID

from app.database import fetch_value
from app.mail.worker import Deliveries
from app.settings import Settings
from tests.mail.post import deliver, link

PATIENCE_SECONDS = 30


async def newest_to(settings: Settings, address: str) -> tuple[UUID, EmailMessage]:
    """Id and content of the newest mail that reached an address."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        # The portal's own worker may carry one of them at this moment.
        while await fetch_value("select count(*) from mail where state = 'queued'"):
            await Deliveries(settings).deliver_all()
            await asyncio.sleep(0.02)
    mails = await deliver(settings)
    to_address = [(id, m) for id, m in mails.items() if _recipient(m) == address]
    assert to_address, f"no mail reached {address}"
    return to_address[-1]


def _recipient(mail: EmailMessage) -> str:
    return str(mail["to"].addresses[0].addr_spec)


async def link_to(settings: Settings, address: str) -> str:
    """The link in the newest mail that reached an address."""
    _, mail = await newest_to(settings, address)
    return link(mail)

"""The post of a test's portal: what lies in the outbox, delivered and read."""

import re
from email.message import EmailMessage
from uuid import UUID

from app.database import fetch
from app.mail.couriers import mail_folder
from app.mail.messages import parse, part
from app.mail.worker import Deliveries
from app.settings import Settings

LINK = re.compile(r"https?://\S+")


async def deliver(settings: Settings) -> dict[UUID, EmailMessage]:
    """Deliver what is due, and answer every mail of this database that became a file, by id."""
    await Deliveries(settings).deliver_all()
    folder = mail_folder(settings)
    ids = [row["id"] for row in await fetch("select id from mail order by id")]
    files = {id: next(folder.glob(f"*-{id}.eml"), None) for id in ids}
    return {id: parse(file.read_bytes()) for id, file in files.items() if file is not None}


async def newest(settings: Settings) -> EmailMessage:
    """The mail that was written last, delivered."""
    return list((await deliver(settings)).values())[-1]


def text(mail: EmailMessage) -> str:
    """The text part."""
    return part(mail, "plain")


def link(mail: EmailMessage) -> str:
    """The first address in the text part."""
    found = LINK.search(text(mail))
    assert found, "the mail has a link"
    return found[0]

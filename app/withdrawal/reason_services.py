"""The reason for leaving, kept while the second factor is shown once more; never the password."""

import json
from datetime import timedelta
from uuid import UUID

from app import clock
from app.accounts.parking.queries import find_parked_form
from app.accounts.parking.rules import encrypt_form, open_form
from app.accounts.rules import Viewer
from app.accounts.tables import ParkedForm
from app.audit.services import record
from app.database import unit_of_work
from app.encryption import read_secret
from app.settings import Settings

KEPT = timedelta(hours=1)
CONTENT_TYPE = "application/json"
REASON_URL = "/profile/withdrawal/reason"


async def keep_reason(settings: Settings, viewer: Viewer, chosen: str, note: str) -> UUID:
    """Keep what was chosen and written, encrypted, for an hour at most; return its id."""
    now = clock.now()
    body = json.dumps([chosen, note]).encode()
    parked = ParkedForm(
        user=viewer.id,
        path=REASON_URL,
        content_type=CONTENT_TYPE,
        form=encrypt_form(read_secret(settings.secret_file), body),
        created_at=now,
        expires_at=now + KEPT,
    )
    async with unit_of_work():
        await ParkedForm.insert(parked)
        await record("form-parking", actor=viewer.id, subject=parked.id)
    return UUID(str(parked.id))


async def find_reason(settings: Settings, viewer: Viewer, id: str) -> tuple[str, str]:
    """Return what was kept under an id; empty if there is nothing of the person's own."""
    try:
        parked = await find_parked_form(viewer.id, UUID(id), clock.now())
    except ValueError:
        return "", ""
    if parked is None or parked.path != REASON_URL:
        return "", ""
    body = open_form(read_secret(settings.secret_file), parked.form)
    if body is None:
        return "", ""
    chosen, note = json.loads(body)
    return chosen, note

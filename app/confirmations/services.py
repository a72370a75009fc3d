"""Proposing a change, and doing it exactly once."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from litestar.exceptions import NotFoundException

from app import clock
from app.accounts.generation_services import require_current
from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Acts, Context, Done, Payload, Refused, Statement
from app.confirmations.tables import Confirmation
from app.database import Record, fetch, fetch_one, unit_of_work

KEPT = timedelta(hours=48)


@dataclass(frozen=True)
class Proposal:
    """A confirmation as it is kept."""

    id: UUID
    act: str
    payload: Payload
    upload: bytes | None
    location: str | None
    refusal: Payload | None
    done_at: datetime | None


def _proposal(row: Record) -> Proposal:
    return Proposal(
        id=row["id"],
        act=row["act"],
        payload=json.loads(row["payload"]),
        upload=row["upload"],
        location=row["location"],
        refusal=json.loads(row["refusal"]) if row["refusal"] else None,
        done_at=row["done_at"],
    )


async def propose(viewer: Viewer, act: Act, payload: Payload, upload: bytes | None = None) -> str:
    """Keep a change until the person confirms it.

    Args:
        act: what is to be confirmed.
        payload: JSON values; never a password.
        upload: the uploaded file, if there is one.

    Returns:
        Path of the confirm page.
    """
    now = clock.now()
    confirmation = Confirmation(
        user=viewer.id,
        act=act.name,
        payload=json.dumps(payload, ensure_ascii=False),
        upload=upload,
        created_at=now,
        expires_at=now + KEPT,
    )
    await Confirmation.insert(confirmation)
    return f"/confirmations/{confirmation.id}"


async def find_proposal(viewer: Viewer, id: UUID) -> Proposal:
    """The person's own confirmation.

    Raises:
        NotFoundException: there is none, it is somebody else's, or it is too old.
    """
    row = viewer.named
    if row is None or row["id"] != id:
        row = await fetch_one(
            'select * from confirmation where id = $1 and "user" = $2', id, viewer.id
        )
    if row is None or row["expires_at"] <= clock.now():
        raise NotFoundException
    return _proposal(row)


async def find_draft(viewer: Viewer, id: str, act: Act) -> Proposal | None:
    """What the person entered before, to be shown in its form again; None where it is gone."""
    try:
        proposal = await find_proposal(viewer, UUID(id))
    except (ValueError, NotFoundException):
        return None
    return proposal if proposal.act == act.name and proposal.done_at is None else None


async def state(acts: Acts, context: Context, proposal: Proposal) -> Statement:
    """Return what the confirm page of a proposal says.

    Raises:
        NotFoundException: the person may not do this any more.
    """
    context = replace(context, upload=proposal.upload)
    return await acts[proposal.act].state(context, proposal.payload)


async def confirm(acts: Acts, context: Context, id: UUID) -> str:
    """Do the change, once: whoever comes second finds the first one's result.

    Returns:
        Path to go to: where the change can be seen, or the form with the reason it was refused.

    Raises:
        NotFoundException: not the person's confirmation, or they may not do this any more.
        CredentialsChanged: their session was ended a moment ago.
    """
    try:
        async with unit_of_work():
            row = await fetch_one(
                'select * from confirmation where id = $1 and "user" = $2 and expires_at > $3'
                " for update",
                id,
                context.viewer.id,
                clock.now(),
            )
            if row is None:
                raise NotFoundException
            proposal = _proposal(row)
            if proposal.location is not None:
                return proposal.location
            await require_current(context.viewer)
            act = acts[proposal.act]
            done = await act.perform(replace(context, upload=proposal.upload), proposal.payload)
            return await _finish(id, done)
    except Refused as refused:
        return await _refuse(acts, context, id, refused)


async def _finish(id: UUID, done: Done) -> str:
    mark = "&" if "?" in done.location else "?"
    location = f"{done.location}{mark}done={id}"
    await fetch(
        "update confirmation set done_at = $2, location = $3, message = $4,"
        " upload = null, refusal = null where id = $1",
        id,
        clock.now(),
        location,
        done.message,
    )
    return location


async def remember_done(user: UUID, act: Act, done: Done) -> str:
    """Keep the message of a change that was confirmed before the person had an account.

    Returns:
        Path to go to, where the message is shown.
    """
    now = clock.now()
    confirmation = Confirmation(
        user=user, act=act.name, payload="{}", created_at=now, expires_at=now + KEPT
    )
    async with unit_of_work():
        await Confirmation.insert(confirmation)
        return await _finish(confirmation.id, done)


async def _refuse(acts: Acts, context: Context, id: UUID, refused: Refused) -> str:
    proposal = await find_proposal(context.viewer, id)
    async with unit_of_work():
        await Confirmation.update(
            {Confirmation.refusal: json.dumps(refused.problem, ensure_ascii=False)}
        ).where(Confirmation.id == id)
        if refused.record is not None:
            await refused.record()
    if refused.page is not None:
        return draft_url(refused.page, id)
    statement = await state(acts, context, proposal)
    return draft_url(statement.back, id)


def draft_url(form: str, id: UUID) -> str:
    """The form's address with the kept input."""
    return f"{form}{'&' if '?' in form else '?'}draft={id}"

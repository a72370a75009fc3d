"""Proposing a change, and doing it exactly once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Generic
from uuid import UUID

import msgspec
from litestar.exceptions import HTTPException, NotFoundException
from litestar.status_codes import HTTP_410_GONE

from app import clock
from app.accounts.generation_services import require_current
from app.accounts.rules import Viewer
from app.confirmations.acts import Act, Acts, Context, Done, P, Refused, Statement
from app.confirmations.tables import Confirmation
from app.database import Gone, Record, fetch_one, unit_of_work

KEPT = timedelta(hours=48)


class Outdated(HTTPException):
    """An earlier version of the portal kept this change in a form that is no longer read."""

    status_code = HTTP_410_GONE


@dataclass(frozen=True)
class Problem:
    """Why a confirmation was refused."""

    code: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Proposal(Generic[P]):
    """A stored confirmation."""

    id: UUID
    act: Act[P]
    payload: P
    upload: bytes | None
    location: str | None
    problem: Problem | None

    @property
    def errors(self) -> dict[str, str]:
        """Return what its form says where it was refused: field → message."""
        if self.problem is None:
            return {}
        refusal = self.act.refusal(self.problem.code)
        return {refusal.field: refusal.text(**self.problem.details)}


def _proposal(row: Record, act: Act[P]) -> Proposal[P]:
    """Read what was kept.

    Raises:
        Outdated: an earlier version of the portal kept it in another form.
    """
    try:
        payload = msgspec.json.decode(row["payload"], type=act.payload)
        problem = msgspec.json.decode(row["refusal"], type=Problem) if row["refusal"] else None
    except msgspec.ValidationError as error:
        raise Outdated from error
    return Proposal(row["id"], act, payload, row["upload"], row["location"], problem)


async def propose(viewer: Viewer, act: Act[P], payload: P, upload: bytes | None = None) -> str:
    """Keep a change until the person confirms it.

    Args:
        act: what the person confirms.
        payload: what it takes; never a password.
        upload: the uploaded file, if there is one.

    Returns:
        Path of the confirm page.
    """
    now = clock.now()
    confirmation = Confirmation(
        user=viewer.id,
        act=act.name,
        payload=msgspec.json.encode(payload).decode(),
        upload=upload,
        created_at=now,
        expires_at=now + KEPT,
    )
    await Confirmation.insert(confirmation)
    return f"/confirmations/{confirmation.id}"


async def _find(viewer: Viewer, id: UUID) -> Record:
    row = viewer.named
    if row is None or row["id"] != id:
        row = await fetch_one(
            'select * from confirmation where id = $1 and "user" = $2', id, viewer.id
        )
    if row is None or row["expires_at"] <= clock.now():
        raise NotFoundException
    return row


async def find_proposal(acts: Acts, viewer: Viewer, id: UUID) -> Proposal[Any]:
    """Return the person's own confirmation.

    Raises:
        NotFoundException: there is none, it is another person's, or it is too old.
        Outdated: an earlier version of the portal kept it in another form.
    """
    row = await _find(viewer, id)
    return _proposal(row, acts[row["act"]])


async def find_draft(viewer: Viewer, id: str, act: Act[P]) -> Proposal[P] | None:
    """Return what the person entered before, for its form to show again; None if it is gone.

    Raises:
        Outdated: an earlier version of the portal kept it in another form.
    """
    try:
        row = await _find(viewer, UUID(id))
        same = row["act"] == act.name and row["done_at"] is None
        return _proposal(row, act) if same else None
    except (ValueError, NotFoundException):
        return None


async def state(context: Context, proposal: Proposal[Any]) -> Statement:
    """Return what the confirm page of a proposal says.

    Raises:
        NotFoundException: the person may no longer do this.
    """
    proposal.act.may(context.viewer)
    context = replace(context, upload=proposal.upload)
    statement: Statement = await proposal.act.state(context, proposal.payload)
    return statement


async def confirm(acts: Acts, context: Context, id: UUID) -> str:
    """Do the change, once: a second request finds the first one's result.

    Returns:
        Path to go to: where the change can be seen, or the form with the reason it was refused.

    Raises:
        NotFoundException: not the person's confirmation, or they may no longer do this.
        CredentialsChanged: their session was ended a moment ago.
        Outdated: an earlier version of the portal kept it in another form.
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
            if row["location"] is not None:
                return str(row["location"])
            await require_current(context.viewer)
            proposal = _proposal(row, acts[row["act"]])
            upload = replace(context, upload=proposal.upload)
            return await _finish(id, await perform(upload, proposal.act, proposal.payload))
    except Refused as refused:
        return await _refuse(acts, context, id, refused)


async def perform(context: Context, act: Act[P], payload: P) -> Done:
    """Do an act inside the open unit of work.

    Raises:
        NotFoundException: the viewer may not do it, or what it is about is gone.
        Refused: it cannot be done now.
    """
    act.may(context.viewer)
    try:
        done: Done = await act.perform(context, payload)
    except Gone:
        raise NotFoundException from None
    except Exception as error:
        code = act.meaning(error)
        if code is None:
            raise
        raise Refused(code) from error
    return done


async def _finish(id: UUID, done: Done) -> str:
    mark = "&" if "?" in done.location else "?"
    location = f"{done.location}{mark}done={id}"
    await Confirmation.update(
        {
            Confirmation.done_at: clock.now(),
            Confirmation.location: location,
            Confirmation.message: done.message,
            Confirmation.upload: None,
            Confirmation.refusal: None,
        }
    ).where(Confirmation.id == id)
    return location


async def remember_done(user: UUID, act: Act[Any], done: Done) -> str:
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
    proposal = await find_proposal(acts, context.viewer, id)
    problem = Problem(refused.code, refused.details)
    async with unit_of_work():
        await Confirmation.update(
            {Confirmation.refusal: msgspec.json.encode(problem).decode()}
        ).where(Confirmation.id == id)
        if refused.record is not None:
            await refused.record()
    if refused.page is not None:
        return draft_url(refused.page, id)
    statement = await state(context, proposal)
    return draft_url(statement.back, id)


def draft_url(form: str, id: UUID) -> str:
    """The form's address with the kept input."""
    return f"{form}{'&' if '?' in form else '?'}draft={id}"

"""Doing what a call asks for: once for each idempotency key, or only as a rehearsal.

The answer is kept in the transaction of the change, as a confirmation keeps where its result is. So
of two calls with the same key the second waits for the first and gets its answer.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import msgspec

from app import clock
from app.accounts.access import Detour
from app.api.problem_rules import ApiProblem, Code, FieldProblem, refusal_status
from app.api.tables import ApiCall
from app.confirmations.acts import Act, Context, Done, P, Refused
from app.confirmations.services import perform
from app.database import Record, fetch, fetch_one, unit_of_work, uuid7
from app.service_accounts.queries import counts_now
from app.service_accounts.rules import Holder

KEPT = timedelta(hours=48)
# Where forms say what is wrong with all of it: the form, and the file that was sent.
WHOLE = {"form", "request"}


@dataclass(frozen=True)
class Call:
    """A call that changes something.

    Attributes:
        key: its idempotency key; empty without one.
        dry_run: whether it only asks what would happen.
        fingerprint: of all that was asked.
    """

    holder: Holder
    context: Context
    key: str
    dry_run: bool
    fingerprint: bytes

    @classmethod
    def of(
        cls,
        holder: Holder,
        context: Context,
        *,
        key: str,
        dry_run: bool,
        asked: tuple[str, str, str],
        body: bytes,
    ) -> "Call":
        """Return the call; `asked` are its method, its path and the version that it names."""
        call = "\n".join(asked).encode("utf-8", "replace")
        return cls(holder, context, key, dry_run, hashlib.sha256(call + b"\n\n" + body).digest())


@dataclass(frozen=True)
class Answer:
    """What a call gets: a status, headers, and the body as JSON."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        content: msgspec.Struct,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> "Answer":
        """Return the answer with a struct for its body."""
        return cls(status, msgspec.json.encode(content).decode(), headers or {})


class _Rehearsed(Exception):
    """Undo what was done to learn what would happen."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("rehearsed")
        self.answer = answer


async def once(call: Call, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do the work in one transaction, or return what a call with the same key got.

    Raises:
        ApiProblem: the key was used for another call, or the work was refused.
    """
    try:
        async with unit_of_work():
            await _require_account(call.holder)
            if call.key and not call.dry_run and (kept := await _claim(call)) is not None:
                return kept
            answer = await work()
            if call.dry_run:
                # What was made is gone again, so no address or version of it is named.
                raise _Rehearsed(replace(answer, headers={"Dry-Run": "true"}))
            await _keep(call, answer)
            return answer
    except _Rehearsed as rehearsed:
        return rehearsed.answer
    except _RefusedAct as refused:
        await _note_refusal(call, refused.reason)
        raise problem_of(refused.act, refused.reason) from None


async def _require_account(holder: Holder) -> None:
    """Look again whether an account of the vendor counts; a contract's reads all look themselves.

    Raises:
        ApiProblem: it was revoked since the call began.
    """
    if holder.scopes is not None and not await counts_now(holder.id):
        raise ApiProblem(Code.TOKEN_REVOKED)


async def _claim(call: Call) -> Answer | None:
    """Take the key for this call; wait for another call that has it, and return its answer."""
    now = clock.now()
    added = await fetch(
        "insert into api_call (id, service_account, key, fingerprint, created_at)"
        " values ($1, $2, $3, $4, $5) on conflict (service_account, key) do update"
        " set fingerprint = excluded.fingerprint, created_at = excluded.created_at,"
        " status = null, headers = null, body = null where api_call.created_at < $6"
        " returning id",
        uuid7(),
        call.holder.id,
        call.key,
        call.fingerprint,
        now,
        now - KEPT,
    )
    if added:
        return None
    found = await fetch_one(
        "select fingerprint, status, headers::text as headers, body from api_call"
        " where service_account = $1 and key = $2",
        call.holder.id,
        call.key,
    )
    if found is None or found["fingerprint"] != call.fingerprint:
        raise ApiProblem(Code.KEY_REUSED)
    return _kept(found)


def _kept(row: Record) -> Answer:
    headers = msgspec.json.decode(row["headers"], type=dict[str, str])
    return Answer(row["status"], row["body"], headers | {"Idempotent-Replayed": "true"})


async def _keep(call: Call, answer: Answer) -> None:
    if call.key:
        await ApiCall.update(
            {
                ApiCall.status: answer.status,
                ApiCall.headers: msgspec.json.encode(answer.headers).decode(),
                ApiCall.body: answer.body,
            }
        ).where((ApiCall.service_account == call.holder.id) & (ApiCall.key == call.key))


class _RefusedAct(Exception):
    """An act was refused; its transaction is undone first."""

    def __init__(self, act: Act[Any], reason: Refused) -> None:
        super().__init__(reason.code)
        self.act, self.reason = act, reason


async def do(call: Call, act: Act[P], payload: P, upload: bytes | None = None) -> Done:
    """Do what a person would confirm, inside `once`.

    Raises:
        NotFoundException: what it is about is gone.
        ApiProblem: it takes a person's proof.
    """
    try:
        return await perform(replace(call.context, upload=upload), act, payload)
    except Refused as refused:
        raise _RefusedAct(act, refused) from None
    except Detour:
        raise ApiProblem(Code.PROOF_REQUIRED) from None


async def _note_refusal(call: Call, refused: Refused) -> None:
    if refused.record is not None and not call.dry_run:
        async with unit_of_work():
            await refused.record()


def problem_of(act: Act[Any], refused: Refused) -> ApiProblem:
    """Return the problem that a refusal of an act is, in the words of its form."""
    if refused.code == "changed":
        return ApiProblem(Code.VERSION_CONFLICT)
    refusal = act.refusal(refused.code)
    message = refusal.text(**refused.details)
    whole = refusal.field in WHOLE
    errors = [] if whole else [FieldProblem(f"/{refusal.field}", message)]
    return ApiProblem(
        refused.code, status=refusal_status(refused.code), detail=message, errors=errors
    )


async def forget_calls() -> None:
    """Delete answers that calls can no longer ask for."""
    await ApiCall.delete().where(ApiCall.created_at < clock.now() - KEPT)

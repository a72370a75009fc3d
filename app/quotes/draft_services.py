"""The shared draft: kept with every step, one writer at a time."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from app import clock
from app.database import Changed, Gone, lock_row, unit_of_work, uuid7
from app.quotes.draft_rules import Addition, DraftContent, additions_differ, merge
from app.quotes.rules import MOST_ADDITIONS
from app.quotes.tables import QuoteDraft


class AlreadyAdded(Exception):
    """The product is among the additions, with another quantity."""


class TooManyAdditions(Exception):
    """MOST_ADDITIONS lines are there already."""


@dataclass(frozen=True)
class LockedDraft:
    """A draft that is locked until the unit of work ends."""

    id: UUID
    revision: int
    content: DraftContent


async def _lock(contract: UUID, actor: UUID) -> LockedDraft:
    """Lock the contract's draft, and begin one if there is none."""
    new = QuoteDraft(
        contract=contract,
        content=_json_of(DraftContent()),
        changed_by=actor,
        changed_at=clock.now(),
    )
    while True:
        await QuoteDraft.insert(new).on_conflict(target=QuoteDraft.contract, action="DO NOTHING")
        # It is gone again if another owner sent it between the two statements.
        with suppress(Gone):
            kept = await lock_row(QuoteDraft, QuoteDraft.contract == contract)
            content = msgspec.json.decode(kept.content, type=DraftContent)
            return LockedDraft(kept.id, kept.revision, content)


def _json_of(content: DraftContent) -> str:
    """Return the content as JSON text."""
    return msgspec.json.encode(content).decode()


async def _write(draft: LockedDraft, content: DraftContent, actor: UUID) -> LockedDraft:
    if content == draft.content:
        return draft
    changes: dict[Any, Any] = {
        QuoteDraft.content: _json_of(content),
        QuoteDraft.changed_by: actor,
        QuoteDraft.changed_at: clock.now(),
    }
    written = QuoteDraft.update(changes).where(QuoteDraft.id == draft.id)
    [counted] = await written.returning(QuoteDraft.revision)
    return LockedDraft(draft.id, counted["revision"], content)


async def save_draft(
    *,
    contract: UUID,
    first: Mapping[str, str],
    seen: Mapping[str, str],
    own: Mapping[str, str],
    seen_additions: Collection[UUID] | None,
    actor: UUID,
) -> LockedDraft:
    """Keep what a person chose and typed.

    Args:
        first: every field's value before anybody chooses.
        seen: values when the person's form was made.
        own: values as the person sent them.
        seen_additions: the additions that the person saw; None if they do not matter.

    Raises:
        Changed: another person changed something that the person has not seen.
    """
    async with unit_of_work():
        draft = await _lock(contract, actor)
        merged = merge(seen, own, {**first, **draft.content.values})
        if merged.unseen:
            raise Changed
        if seen_additions is not None and additions_differ(seen_additions, draft.content.additions):
            raise Changed
        return await _write(draft, DraftContent(merged.values, draft.content.additions), actor)


async def add_addition(*, contract: UUID, product: UUID, quantity: int, actor: UUID) -> None:
    """Add a line to the draft; the same line twice is one.

    Raises:
        AlreadyAdded: the product is there with another quantity.
        TooManyAdditions: there are too many lines.
    """
    async with unit_of_work():
        draft = await _lock(contract, actor)
        additions = draft.content.additions
        for addition in additions:
            if addition.product == product:
                if addition.quantity != quantity:
                    raise AlreadyAdded
                return
        if len(additions) >= MOST_ADDITIONS:
            raise TooManyAdditions
        added = [*additions, Addition(uuid7(), product, quantity)]
        await _write(draft, DraftContent(draft.content.values, added), actor)


async def remove_addition(*, contract: UUID, addition: UUID, actor: UUID) -> None:
    """Take a line out of the draft; one that is gone already stays gone."""
    async with unit_of_work():
        draft = await _lock(contract, actor)
        left = [each for each in draft.content.additions if each.id != addition]
        await _write(draft, DraftContent(draft.content.values, left), actor)


async def use_draft(*, contract: UUID, draft: UUID, revision: int) -> None:
    """End a draft, since it becomes a request in the same unit of work.

    Raises:
        Changed: it has another revision by now, or is gone.
    """
    async with unit_of_work():
        own = (QuoteDraft.id == draft) & (QuoteDraft.contract == contract)
        try:
            await lock_row(QuoteDraft, own, revision=revision)
        except Gone:
            raise Changed from None
        await QuoteDraft.delete().where(own)

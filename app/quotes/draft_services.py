"""The shared draft: kept with every step, one writer at a time."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from app import clock
from app.database import Changed, fetch, fetch_one, unit_of_work, uuid7
from app.quotes.draft_rules import Addition, DraftContent, additions_differ, merge
from app.quotes.rules import MOST_ADDITIONS
from app.quotes.tables import QuoteDraft


class AlreadyAdded(Exception):
    """The product is among the additions, with another quantity."""


class TooManyAdditions(Exception):
    """MOST_ADDITIONS lines are there already."""


@dataclass(frozen=True)
class LockedDraft:
    """A draft that nobody else changes until the unit of work ends."""

    id: UUID
    version: int
    content: DraftContent


async def _lock(contract: UUID, actor: UUID) -> LockedDraft:
    """The contract's draft, begun if there is none."""
    await fetch(
        "insert into quote_draft (id, contract, content, changed_by, changed_at)"
        " values ($1, $2, $3, $4, $5) on conflict (contract) do nothing",
        uuid7(),
        contract,
        json.dumps(DraftContent().as_json()),
        actor,
        clock.now(),
    )
    row = await fetch_one(
        "select id, version, content::text as content from quote_draft"
        " where contract = $1 for update",
        contract,
    )
    assert row is not None
    return LockedDraft(
        row["id"], row["version"], DraftContent.from_json(json.loads(row["content"]))
    )


async def _write(draft: LockedDraft, content: DraftContent, actor: UUID) -> LockedDraft:
    if content == draft.content:
        return draft
    await QuoteDraft.update(
        {
            QuoteDraft.content: json.dumps(content.as_json(), ensure_ascii=False),
            QuoteDraft.version: QuoteDraft.version + 1,
            QuoteDraft.changed_by: actor,
            QuoteDraft.changed_at: clock.now(),
        }
    ).where(QuoteDraft.id == draft.id)
    return LockedDraft(draft.id, draft.version + 1, content)


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
        seen_additions: the additions that the person saw; None where they do not matter.

    Raises:
        Changed: somebody else changed something that the person has not seen.
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


async def use_draft(*, contract: UUID, draft: UUID, version: int) -> None:
    """End a draft, since it becomes a request in the same unit of work.

    Raises:
        Changed: it has another version by now, or is gone.
    """
    async with unit_of_work():
        own = (QuoteDraft.id == draft) & (QuoteDraft.contract == contract)
        used = QuoteDraft.delete().where(own & (QuoteDraft.version == version))
        if not await used.returning(QuoteDraft.id):
            raise Changed

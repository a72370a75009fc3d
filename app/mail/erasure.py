"""Forgetting a person in the folder of mails that replaces an SMTP server."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from app.mail.couriers import mail_folder
from app.mail.messages import parse, part, readable
from app.settings import Settings

SHOWN = ("to", "from", "subject")


async def delete_files(
    settings: Settings, mails: Collection[UUID], words: Collection[str], *, keep: UUID | None
) -> int:
    """Delete mails that became files.

    Args:
        mails: ids of mails to delete, whatever they say.
        words: mails in which one of these stands are deleted too, to whomever they went.
        keep: id of a mail that stays.

    Answers:
        how many files were deleted.
    """
    return await asyncio.to_thread(_delete, mail_folder(settings), mails, words, keep)


def _delete(
    folder: Path, mails: Collection[UUID], words: Collection[str], keep: UUID | None
) -> int:
    ids, deleted = {str(id) for id in mails}, 0
    for file in folder.glob("*.eml"):
        id = file.stem.partition("-")[2]
        if id != str(keep) and (id in ids or _names(file, words)):
            file.unlink(missing_ok=True)
            deleted += 1
    return deleted


def _names(file: Path, words: Collection[str]) -> bool:
    message = parse(file.read_bytes())
    text = "\n".join(
        [*(readable(message, name) for name in SHOWN), part(message, "plain")]
    ).casefold()
    return any(word.casefold() in text for word in words)

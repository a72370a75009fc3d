"""写真から読み取る: photographs of QR codes, and the text that a handheld scanner types."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import IO

from app.accounts.rules import Viewer
from app.activation.codes.rules import (
    FOREIGN_CODES,
    ONE_AT_A_TIME,
    TOO_MANY_PHOTOS,
    parts_message,
    photo_message,
)
from app.activation.format.parts import MARK, Maker, PartsError, PartsFault, join, read_parts
from app.qr_codes.faults import PhotoFault, Unreadable
from app.qr_codes.limits import MOST_BYTES
from app.qr_codes.process import read_photo
from app.web.background import StillAtWork, in_background_of
from app.web.file_names import clean_file_name
from app.web.i18n import gettext as _
from app.web.requests import PageRequest
from app.web.uploads import stream_parts

PHOTOS, TEXT = "photos", "text"
MOST_PHOTOS = 8
# The parts of a form have heads of their own. One that is larger gets the portal's page about that.
MOST_FORM_BYTES = (MOST_PHOTOS + 1) * MOST_BYTES
# All parts of a request are a few thousand characters.
MOST_TEXT_BYTES = 128 * 1024


class _TooLong(Exception):
    """A picture has more bytes than it may have."""


@dataclass
class PhotoForm:
    """What was sent, read.

    Takes: up to 8 photos (JPEG, PNG, WebP) of up to 10 MiB and 50 megapixels each; text of QR
        codes, up to 128 KiB.

    Rules: all parts of one request file, as docs/formats/activation-files.md says; those that were
        read stay in the text.

    Attributes:
        text: the parts as the field shows them again.
        content: the request file, if all its parts are there.
        errors: what is wrong: field → message.
        read: how many parts were read, of how many; both 0 without any.
    """

    text: str = ""
    content: bytes | None = None
    errors: dict[str, str] = field(default_factory=dict)
    read: tuple[int, int] = (0, 0)

    @classmethod
    async def receive(cls, request: PageRequest, viewer: Viewer) -> "PhotoForm":
        """Read the form; pictures are looked at one after another as they come.

        Raises:
            ClientException: the form is broken.
        """
        text, codes, problems, count = "", list[str](), list[str](), 0
        content_type = request.headers.get("content-type", "")
        async for part, chunks in stream_parts(request.stream(), content_type):
            if part.name == TEXT and part.filename is None:
                text = await _typed(chunks)
            elif part.name == PHOTOS and part.filename:
                count += 1
                if count <= MOST_PHOTOS:
                    name = clean_file_name(part.filename)
                    codes += await _codes(chunks, name, viewer, problems)
            # What is left over is read and dropped, so that the answer is seen.
            async for _rest in chunks:
                pass
        if count > MOST_PHOTOS:
            problems.append(_(TOO_MANY_PHOTOS, most=MOST_PHOTOS))
        return _put_together(text, codes, problems, sent=count > 0)


async def _typed(chunks: AsyncIterator[bytes]) -> str:
    """Return a text field. What goes beyond its limit makes its last part one that is damaged."""
    kept = bytearray()
    async for chunk in chunks:
        kept += chunk[: MOST_TEXT_BYTES - len(kept)]
    return kept.decode("utf-8", "replace").replace("\0", "")


async def _codes(
    chunks: AsyncIterator[bytes], name: str, viewer: Viewer, problems: list[str]
) -> list[str]:
    """Return the texts of the codes in one picture; what is wrong with it goes to `problems`."""
    with tempfile.TemporaryFile() as file:
        try:
            await _keep(chunks, file)
            return await in_background_of(viewer.id, partial(read_photo, file))
        except StillAtWork:
            problems.append(_(ONE_AT_A_TIME))
        except _TooLong:
            problems.append(photo_message(name, PhotoFault.TOO_LARGE))
        except Unreadable as error:
            problems.append(photo_message(name, error.fault))
    return []


async def _keep(chunks: AsyncIterator[bytes], file: IO[bytes]) -> None:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > MOST_BYTES:
            raise _TooLong
        file.write(chunk)
    file.flush()


def _put_together(
    text: str, codes: Sequence[str], problems: Sequence[str], *, sent: bool
) -> PhotoForm:
    ours = [code for code in codes if code.upper().startswith(MARK)]
    problems = list(problems)
    if codes and not ours:
        problems.append(_(FOREIGN_CODES))
    place = PHOTOS if sent else TEXT
    try:
        if not text.strip() and not ours:
            problems = problems or [parts_message(PartsFault.EMPTY)]
            return PhotoForm(text, errors={PHOTOS: " ".join(problems)})
        found = read_parts("\n".join([text, *ours]), Maker.SYSTEM)
    except PartsError as error:
        at = PHOTOS if error.fault is PartsFault.MIXED and ours else TEXT
        return PhotoForm(text, errors={at: " ".join([*problems, parts_message(error.fault)])})
    kept = "\n".join(found.texts.values())
    progress = (len(found.texts), found.count)
    try:
        return PhotoForm(kept, join(found), read=progress)
    except PartsError as error:
        message = parts_message(error.fault, error.missing, error.count)
        return PhotoForm(kept, errors={place: " ".join([*problems, message])}, read=progress)

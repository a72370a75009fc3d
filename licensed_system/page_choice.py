"""What was chosen in Step 3 of the page ライセンス管理: a file, photographs or the codes' text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from licensed_system import jws, page_texts, part_messages, photos, uploads
from licensed_system.outcomes import MESSAGES, Outcome, Refused
from licensed_system.photos import Found, Photo
from licensed_system.uploads import Body

FILE, PHOTOS, TEXT = "file", "photos", "text"
# As many characters as the codes of the largest file have, some of them twice.
MOST_TEXT = 4 * jws.MAX_BYTES
# Twenty photographs as phones take them, or eight of the largest, and what the form puts around.
LARGEST_FORM = 9 * photos.MOST_BYTES


@dataclass
class Choice:
    """One form; ``typed`` is what its text field shows again."""

    chosen: bytes | None = None
    typed: str = ""
    found: Found = field(default_factory=Found)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return self.chosen is None and not self._was_photographed and not self.typed.strip()

    @property
    def place(self) -> str:
        """The field that a message is about."""
        if self.chosen is None and self._was_photographed:
            return PHOTOS
        return TEXT if self.chosen is None and self.typed.strip() else FILE

    @property
    def _was_photographed(self) -> bool:
        return bool(self.found.texts or self.found.problems)

    def file(self) -> bytes:
        """The file. Raises ``Refused``; parts that fit each other are then in ``typed``."""
        if self.chosen is not None:
            return self.chosen
        try:
            data = photos.join(self.found, self.typed)
        except Refused as refused:
            if refused.outcome is not Outcome.MISSING_PARTS:
                raise
            self._keep()
            words = (refused.words or MESSAGES[refused.outcome]) + page_texts.KEPT
            raise Refused(refused.outcome, refused.facts, words) from refused
        self._keep()
        return data

    def _keep(self) -> None:
        known = self.typed.upper()
        new = [text for text in self.found.texts if text.upper() not in known]
        self.typed = "\n".join(filter(None, [self.typed.strip(), *new]))


def read(content_type: str, body: Body) -> Choice:
    """Read a form. A file that was chosen goes before all else. Raises ``qr-unavailable``."""
    choice, pictures = Choice(), list[uploads.Field]()
    for each in uploads.read_fields(content_type, body):
        if each.name == FILE:
            choice.chosen = choice.chosen or each.content(MOST_TEXT) or None
        elif each.name == TEXT:
            choice.typed = choice.typed or each.content(MOST_TEXT).decode("utf-8", "replace")
        elif each.name == PHOTOS and each.file_name:
            pictures.append(each)
    if choice.chosen is None and pictures:
        choice.found = _look_at(pictures)
    return choice


def _look_at(pictures: list[uploads.Field]) -> Found:
    try:
        found = photos.read(_opened(pictures[: photos.MOST_PHOTOS]))
    except Refused as refused:
        return Found(problems=[refused])
    if len(pictures) > photos.MOST_PHOTOS:
        facts = {"most": str(photos.MOST_PHOTOS)}
        words = part_messages.TOO_MANY_PHOTOS
        found.problems.append(Refused(Outcome.UNREADABLE_PHOTO, facts, words))
    return found


def _opened(pictures: list[uploads.Field]) -> Iterator[Photo]:
    for each in pictures:
        yield Photo(each.file_name or "", each.content(photos.MOST_BYTES + 1))

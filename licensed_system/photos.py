"""QR codes from photographs, with the optional packages of ``licensed-system[qr]``.

Each picture is read in a process of its own, which has limits of time and memory (on
Windows of time alone).
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from licensed_system import part_messages, parts
from licensed_system.languages import Words
from licensed_system.outcomes import Outcome, Refused
from licensed_system.store import read_file

MOST_BYTES = 10 * 1024 * 1024
# A hybrid activation file has eighteen codes, and a photograph may show only one of them.
MOST_PHOTOS = 20
LONGEST_WAIT = 60
# Run by its place: this process never loads what opens pictures.
_READER = Path(__file__).with_name("photo_reading.py")
_TOO_LARGE = "picture-too-large"
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Photo:
    """A picture by its file name; of one that is too large, ``content`` is cut off."""

    name: str
    content: bytes


@dataclass
class Found:
    """What some photographs hold: the texts of parts, and why others gave none."""

    texts: list[str] = field(default_factory=list)
    problems: list[Refused] = field(default_factory=list)


def is_available() -> bool:
    """Whether photographs can be read here."""
    return all(find_spec(name) for name in ("zxingcpp", "PIL"))


def open_photos(paths: Sequence[Path]) -> Iterable[Photo]:
    """The pictures in some files, one after another. Raises ``unreadable-file``."""
    return (Photo(path.name, read_file(path, MOST_BYTES + 1)) for path in paths)


def read(photos: Iterable[Photo]) -> Found:
    """The texts of all parts in some photographs. Raises ``qr-unavailable``."""
    if not is_available():
        raise Refused(Outcome.QR_UNAVAILABLE, {}, part_messages.NO_READER)
    found, foreign = Found(), False
    for photo in photos:
        try:
            codes = _codes(photo)
        except Refused as problem:
            found.problems.append(problem)
            continue
        ours = [code for code in codes if code.upper().startswith(parts.MARK)]
        foreign = foreign or not ours
        found.texts += [code for code in ours if code not in found.texts]
    if foreign and not found.texts:
        found.problems.append(Refused(Outcome.UNREADABLE_PHOTO, {}, part_messages.FOREIGN_CODES))
    return found


def join(found: Found, typed: str = "") -> bytes:
    """The file whose parts were read or typed.

    Raises ``Refused`` as ``parts.join`` does, or ``unreadable-photo`` where there are no parts at
    all; the message begins with what is wrong with the photographs.
    """
    if found.problems and not found.texts and not typed.strip():
        raise _together(found.problems)
    try:
        return parts.join("\n".join([typed, *found.texts]))
    except Refused as refused:
        raise _together([*found.problems, refused]) from refused


def _together(problems: Sequence[Refused]) -> Refused:
    """All of them as one, with the code of the last."""
    ja = "".join(each.message("ja") for each in problems)
    en = " ".join(each.message("en") for each in problems)
    # Their facts are filled in; braces of a file name mark no others.
    ja, en = (text.replace("{", "{{").replace("}", "}}") for text in (ja, en))
    return Refused(problems[-1].outcome, problems[-1].facts, Words(ja, en))


def _codes(photo: Photo) -> list[str]:
    """The texts of the codes in one picture. Raises ``unreadable-photo``."""
    if len(photo.content) > MOST_BYTES:
        raise _unreadable(photo, _TOO_LARGE)
    try:
        with _one_at_a_time:
            ended = subprocess.run(
                # -P: the folder of the reader has modules of general names.
                [sys.executable, "-P", _READER],
                input=photo.content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=LONGEST_WAIT,
                check=False,
            )
        kind, value = json.loads(ended.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        # It met a limit of time or memory.
        raise _unreadable(photo, _TOO_LARGE) from None
    if kind == "fault":
        raise _unreadable(photo, value)
    return [str(text) for text in value]


def _unreadable(photo: Photo, fault: str) -> Refused:
    words = part_messages.PHOTO_FAULTS[fault]
    return Refused(Outcome.UNREADABLE_PHOTO, {"name": photo.name}, words)

"""Drawing QR codes, with the optional package ``segno``: ``licensed-system[qr]``."""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from licensed_system import files, parts
from licensed_system.outcomes import Outcome, refuse

# A code of 73 modules and its margins fit the 80 columns of a terminal.
TERMINAL_CHARACTERS = 495
_TERMINAL_MARGIN = 2
_PNG_SCALE = 8
_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
# Black on white, whatever the colours of the terminal are.
_COLOURS, _RESET = "\x1b[30;107m", "\x1b[0m"


def is_available() -> bool:
    """Whether codes can be drawn here."""
    try:
        import_module("segno")
    except ImportError:
        return False
    return True


def require() -> None:
    """Raises ``Refused``: ``qr-unavailable``."""
    if not is_available():
        raise refuse(Outcome.QR_UNAVAILABLE)


def svgs(data: bytes) -> list[str]:
    """The codes of a file as elements of a page."""
    return [
        _code(text).svg_inline(light="#fff", svgclass=None, lineclass=None, omitsize=True)
        for text in parts.split(data)
    ]


def write_pictures(data: bytes, path: Path) -> list[Path]:
    """Write the codes of a file as PNG: ``path``, or ``NAME-1.png``, ``NAME-2.png`` and so on.

    Raises ``Refused``: ``unwritable-file``.
    """
    texts = parts.split(data)
    paths = [path.with_stem(f"{path.stem}-{number}") for number in range(1, len(texts) + 1)]
    paths = [path] if len(texts) == 1 else paths
    for each, text in zip(paths, texts, strict=True):
        picture = io.BytesIO()
        _code(text).save(picture, kind="png", scale=_PNG_SCALE)
        try:
            files.write_atomically(each, picture.getvalue())
        except OSError as fault:
            raise refuse(Outcome.UNWRITABLE_FILE, path=str(each)) from fault
    return paths


def terminal(data: bytes) -> str:
    """The codes of a file as characters, each with its number."""
    texts = parts.split(data, most=TERMINAL_CHARACTERS)
    return "\n\n".join(
        f"{_as_characters(text)}\n{number} / {len(texts)}"
        for number, text in enumerate(texts, start=1)
    )


def _as_characters(text: str) -> str:
    rows = [list(row) for row in _code(text).matrix_iter(border=_TERMINAL_MARGIN)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    lines = [_line(upper, lower) for upper, lower in zip(rows[::2], rows[1::2], strict=True)]
    return "\n".join(f"{_COLOURS}{line}{_RESET}" for line in lines)


def _line(upper: Sequence[int], lower: Sequence[int]) -> str:
    return "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))


def _code(text: str) -> Any:
    require()
    return import_module("segno").make_qr(text, error="m", boost_error=False)

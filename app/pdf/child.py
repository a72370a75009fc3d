"""The process that sets one document: from JSON on standard input to a PDF on standard output.

It has limits of time and memory, no network and no database, and writes no file.
"""

import contextlib
import json
import os
import resource
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pylopdf_fonts_jp
import typst

from app.pdf.letters import MARK, Letters

LAYOUT = Path(__file__).with_name("document.typ")
CPU_SECONDS = 20
MOST_MEMORY = 1_500_000_000
LIMITS = (
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_AS, MOST_MEMORY),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
)
# Pages go first.
NICENESS = 10


def main() -> None:
    """Read the document, and write the file."""
    for limit, most in LIMITS:
        # Continue where the system does not know a limit, or has a lower one.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
    os.nice(NICENESS)
    sys.stdout.buffer.write(make(json.load(sys.stdin.buffer)))


def make(document: dict[str, Any]) -> bytes:
    """Return the file of a document."""
    font = pylopdf_fonts_jp.sans_path()
    letters = Letters(font.read_bytes())
    fitted = _fitted(document, letters)
    note = fitted.pop("replaced")
    missing = letters.missing()
    fitted["note"] = note.format(mark=MARK, characters=missing) if missing else ""
    content = typst.compile(
        LAYOUT.read_bytes(),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[font.parent]
        ),
        sys_inputs={"document": json.dumps(fitted, ensure_ascii=False)},
        # Tagged for screen readers; and an error where a character would be missing from the page.
        pdf_standards=["ua-1"],
        timestamp=int(datetime.fromisoformat(document["made_at"]).timestamp()),
    )
    return content


def _fitted(value: Any, letters: Letters) -> Any:
    """Return JSON values with all texts in characters that the typeface has."""
    if isinstance(value, str):
        return letters.fit(value)
    if isinstance(value, list):
        return [_fitted(each, letters) for each in value]
    if isinstance(value, dict):
        return {name: _fitted(each, letters) for name, each in value.items()}
    return value


if __name__ == "__main__":
    main()

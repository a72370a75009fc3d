"""Decisions about resources."""

import unicodedata
from datetime import timedelta

# A part of a file that somebody began longer ago counts as a download of its own.
RESUMED_WITHIN = timedelta(days=1)
# More than any installation medium; a file store takes it in parts.
MOST_BYTES = 20 * 1024**3
LONGEST_NAME = 200
# Not for file names: control characters, and those that reorder or hide what people read.
UNREADABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean_file_name(name: str) -> str:
    """The file's name without folders and without what cannot be seen; `file` where none is left.

    Browsers send the bare name, some programs a whole path of the sender's machine.
    """
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c for c in bare if unicodedata.category(c) not in UNREADABLE).strip(" .")
    stem, dot, ending = seen.rpartition(".")
    if len(seen) > LONGEST_NAME and dot and len(ending) < LONGEST_NAME // 2:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return seen[:LONGEST_NAME] or "file"

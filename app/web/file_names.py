"""Names of uploaded files: what browsers send, made fit to be shown."""

import unicodedata

from app.characters import without_invisible

LONGEST_NAME = 200
# Code points without a meaning, and those of private fonts.
UNKNOWN = {"Co", "Cn"}


def clean_file_name(name: str) -> str:
    """Return the file's name without folders and without what cannot be seen.

    It is `file` where nothing is left. Browsers send the bare name, some programs a whole path of
    the sender's machine.
    """
    bare = without_invisible(name.replace("\\", "/").rsplit("/", 1)[-1])
    seen = "".join(c for c in bare if unicodedata.category(c) not in UNKNOWN).strip(" .")
    stem, dot, ending = seen.rpartition(".")
    if len(seen) > LONGEST_NAME and dot and len(ending) < LONGEST_NAME // 2:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return seen[:LONGEST_NAME] or "file"

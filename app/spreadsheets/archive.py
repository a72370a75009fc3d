"""ZIP archives of CSV files, as Windows, macOS and others pack them."""

import zipfile

from app.spreadsheets.faults import FileFault, Unreadable

# What file managers leave behind.
_LEFTOVERS = {"thumbs.db", "desktop.ini", ".ds_store", "icon\r"}


def is_leftover(name: str) -> bool:
    """Whether a file manager has put the file there, for itself."""
    parts = name.replace("\\", "/").split("/")
    bare = parts[-1].lower()
    return "__MACOSX" in parts[:-1] or bare in _LEFTOVERS or bare.startswith(("._", "~$"))


def entry_name(entry: zipfile.ZipInfo) -> str:
    """An entry's name; old programs of Japanese Windows write it in CP932 and do not say so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("cp932")
    except UnicodeError:
        return entry.filename


def files_of(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """Names and entries of the files that a person has put into an archive.

    Raises:
        Unreadable: it takes a password.
    """
    entries = [(entry_name(entry), entry) for entry in archive.infolist() if not entry.is_dir()]
    files = [(name, entry) for name, entry in entries if not is_leftover(name)]
    if any(entry.flag_bits & 1 for _, entry in files):
        raise Unreadable(FileFault.LOCKED)
    return files

"""Where the portal keeps its data: the folder, with the right owner, and the database's name."""

import os
import pwd
import re
import sys
from contextlib import suppress
from pathlib import Path

from app.settings import Settings, SettingsError

PASSWORD = re.compile(r"(?<=://)([^:@/?#]*):[^@/?#]*@")


def prepare_data_dir(settings: Settings) -> None:
    """Make the data folder and the folder of the trusted roots, for this user alone.

    So root does not have to make them before the first root key is copied there.

    Raises:
        SettingsError: they belong to another user, or cannot be made.
    """
    folders = [settings.data_dir]
    if settings.trusted_roots.parent == settings.data_dir and not settings.trusted_roots.suffix:
        folders.append(settings.trusted_roots)
    for folder in folders:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"Cannot make the folder {folder} ({error.strerror}). Make it as root for the"
                " portal's user, or set PORTAL_DATA_DIR to another folder."
            ) from error
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise SettingsError(_foreign(folder))


def _foreign(folder: Path) -> str:
    user, owner = str(os.geteuid()), str(folder.stat().st_uid)
    with suppress(KeyError):
        user, owner = pwd.getpwuid(int(user)).pw_name, pwd.getpwuid(int(owner)).pw_name
    return (
        f"{folder} belongs to the user {owner}, and the portal, which runs as {user}, cannot write"
        f" there. As root: chown -R {user}: {folder}"
    )


def database_name(settings: Settings) -> str:
    """Return which database the settings lead to, without its password."""
    if settings.database_url is None:
        return f"embedded in {settings.data_dir}"
    return PASSWORD.sub(r"\1@", settings.database_url)


def name_database(settings: Settings) -> None:
    """Say on standard error which database a command works on."""
    sys.stderr.write(f"Database: {database_name(settings)}\n")

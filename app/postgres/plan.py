"""Where and as whom the embedded PostgreSQL runs."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Plan:
    """Where and as whom PostgreSQL runs; paths are absolute.

    Attributes:
        folder: holds `data/`, the passwords, the locks and the log; no other user may enter it.
        install: folder of the PostgreSQL programs: `bin/`, `lib/`, `share/`.
        runtime: folder of this one run, removed at its end.
        uid: user id the server runs as, or None for the portal's own.
        gid: group id the server runs as, or None for the portal's own.
        creator_uid: user id that initdb runs as, which insists on one with a name.
    """

    folder: str
    install: str
    runtime: str
    uid: int | None = None
    gid: int | None = None
    creator_uid: int | None = None

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return Path(self.folder, "data")

    @property
    def sockets(self) -> Path:
        """The folder of the server's socket, mode 0700 and the server's own."""
        return Path(self.runtime, "socket")

    @property
    def data_seen_from_inside(self) -> str:
        """Name of the data directory for a process that has it as its working directory.

        A server of another user than the portal's cannot walk the path from the root: the folders
        on the way are closed to it and stay so. Linux's own link to the working directory leads
        there without a walk.
        """
        return str(self.data) if self.uid is None else "/proc/self/cwd"

"""The state folder: the private key, the pinned roots, the state and the lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licensed_system import files, folders, keys, state
from licensed_system.locks import locked
from licensed_system.outcomes import Outcome, Refused, refuse
from licensed_system.state import State
from licensed_system.trust import Roots, read_keys, read_roots, write_roots

DEFAULT_WAIT = 10.0  # seconds; longer than any command but shorter than a person's patience


class Store:
    """One state folder. Every method raises ``Refused``; only :meth:`locked` waits."""

    def __init__(self, folder: Path, wait: float = DEFAULT_WAIT) -> None:
        self.folder = folder
        self._wait = wait
        self._key = folder / "system-key.pem"
        self._trust = folder / "trust.pem"
        self._state = folder / "state.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against other commands. Raises ``not-initialised`` or ``busy``."""
        self.require()
        with locked(self.folder / "lock", self._wait):
            yield

    def create(self, first: State, key: Ed25519PrivateKey, trust: bytes) -> None:
        """Make the folder, where others cannot change what is in it.

        The state comes last: without it nothing has been initialised yet.
        """
        try:
            own = (self.folder / "lock", self._key, self._trust, self._state)
            unsafe = folders.unsafe_part(self.folder, own)
            if unsafe is not None:
                raise refuse(Outcome.UNSAFE_FOLDER, path=str(unsafe))
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self.folder / "lock", self._wait):
                if self._state.exists():
                    raise refuse(Outcome.ALREADY_INITIALISED, path=str(self.folder))
                files.write_atomically(self._key, keys.write_private(key), mode=0o600)
                files.write_atomically(self._trust, trust, mode=0o600)
                self.save(first)
        except OSError as fault:
            raise refuse(Outcome.UNWRITABLE_FILE, path=str(self.folder)) from fault

    def state(self) -> State:
        """The state. Raises ``not-initialised``, ``unreadable-file`` or ``damaged-state``."""
        self.require()
        with self._undamaged(self._state) as data:
            return state.read(data)

    def save(self, new: State) -> None:
        """Replace the state. Raises ``unwritable-file``, and then the old state stands."""
        try:
            files.write_atomically(self._state, state.write(new), mode=0o600)
        except OSError as fault:
            raise refuse(Outcome.UNWRITABLE_FILE, path=str(self._state)) from fault

    def private_key(self) -> Ed25519PrivateKey:
        """The system's own key."""
        with self._undamaged(self._key) as data:
            return keys.read_private(data)

    def roots(self) -> Roots:
        """The pinned roots."""
        with self._undamaged(self._trust) as data:
            return read_roots(data)

    def save_roots(self, roots: Roots) -> None:
        """Replace the pinned roots. Raises ``unwritable-file``, and then the old ones stand."""
        try:
            files.write_atomically(self._trust, write_roots(roots), mode=0o600)
        except OSError as fault:
            raise refuse(Outcome.UNWRITABLE_FILE, path=str(self._trust)) from fault

    def require(self) -> None:
        """Raise ``not-initialised`` unless there is a state."""
        try:
            if not self._state.is_file():
                raise refuse(Outcome.NOT_INITIALISED, path=str(self.folder))
        except OSError as fault:
            raise refuse(Outcome.UNREADABLE_FILE, path=str(self.folder)) from fault

    @contextmanager
    def _undamaged(self, path: Path) -> Iterator[bytes]:
        try:
            yield read_file(path)
        except (ValueError, RecursionError) as fault:
            raise refuse(Outcome.DAMAGED_STATE, path=str(path)) from fault


def read_file(path: Path, limit: int = -1) -> bytes:
    """The first ``limit`` bytes (all, where negative). Raises ``unreadable-file``."""
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as fault:
        raise refuse(Outcome.UNREADABLE_FILE, path=str(path)) from fault


def read_trust(paths: list[Path]) -> bytes:
    """The root keys of all files as one PEM. Raises ``unreadable-file``, ``bad-trust-file`` or
    ``cryptography-too-old``."""
    pem = b""
    for path in paths:
        data = read_file(path)
        with _readable_roots(path):
            read_keys(data)
        pem += data + b"\n"
    # The roots of a pair may stand in two files, so only all of them together must suffice.
    with _readable_roots(paths[-1]):
        return write_roots(read_roots(pem))


@contextmanager
def _readable_roots(path: Path) -> Iterator[None]:
    try:
        yield
    except Refused:
        raise
    except Exception as fault:  # the PEM reader's own exceptions have no common base
        raise refuse(Outcome.BAD_TRUST_FILE, path=str(path)) from fault

"""The port that the server answers on. It is taken before anything else is started."""

import contextlib
import errno
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.settings import HIGHEST_PORT, Settings

LISTENING = "0A"


class PortError(Exception):
    """The portal cannot listen where the settings say. The message says what to do."""


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """Listen on each address of the host while the block runs.

    From here on the port is ours: connections wait until the server accepts them.

    Raises:
        PortError: the port is taken, or the address cannot be used.
    """
    with contextlib.ExitStack() as opened:
        try:
            listeners = [opened.enter_context(sock) for sock in _listeners(settings)]
        except (OSError, UnicodeError) as error:
            raise PortError(_what_to_do(settings, error)) from error
        yield listeners


def address_of(listener: socket.socket) -> tuple[str, int]:
    """Return where this machine itself reaches the listener: host and port."""
    host, port = listener.getsockname()[:2]
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104


def _listeners(settings: Settings) -> Iterator[socket.socket]:
    """Open the sockets one by one; an address that this machine lacks is left out beside others."""
    found = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    addresses = dict.fromkeys((family, address) for family, _, _, _, address in found)
    lacking = None
    opened = 0
    for family, address in addresses:
        try:
            yield _listen(family, address)
            opened += 1
        except OSError as error:
            if error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                raise
            lacking = error
    if lacking is not None and not opened:
        raise lacking


def _listen(family: int, address: tuple[str, int] | tuple[object, ...]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Connections of a server that has just ended do not keep the port; a listener does.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


def _what_to_do(settings: Settings, error: OSError | UnicodeError) -> str:
    port = settings.port
    code = getattr(error, "errno", None)
    another = f"PORTAL_PORT={port + 1 if port < HIGHEST_PORT else port - 1}"
    if settings.demo:
        another += " make demo"
    if code == errno.EADDRINUSE:
        other = holder(port) or "another program"
        return f"Port {port} is in use by {other}. Stop it, or use another port: {another}"
    if code == errno.EACCES:
        return f"This user is not allowed to use port {port}. Set PORTAL_PORT to 1024 or higher."
    if code == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror | UnicodeError):
        return (
            f"PORTAL_HOST is {settings.host}, which is not an address of this machine. Set it to"
            " an address of this machine, or remove it to use 127.0.0.1."
        )
    return f"Cannot open port {port} ({error}). To use another port: {another}"


def holder(port: int) -> str | None:
    """Name the program that listens on a port, or None if that cannot be seen.

    Only Linux shows this, and only root sees the programs of other users.
    """
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    holders = []
    for link in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
        with contextlib.suppress(OSError):
            if str(link.readlink()) in sockets:
                holders.append(int(link.parts[2]))
    for process in sorted(set(holders)):
        with contextlib.suppress(OSError):
            return f"{Path(f'/proc/{process}/comm').read_text().strip()} (process {process})"
    return None


def _inodes(port: int) -> Iterable[str]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]

"""The local page ライセンス管理: three steps for those who do not like a command line."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress

from licensed_system.outcomes import Outcome, refuse
from licensed_system.page_handler import PageHandler
from licensed_system.page_server import PageServer, Served


def serve(served: Served, port: int, announce: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; ``announce`` gets the address that opens the page once.

    Raises ``Refused``: ``not-initialised`` or ``port-in-use``.
    """
    served.store.state()
    try:
        server = PageServer(port, PageHandler, served)
    except OSError as fault:
        raise refuse(Outcome.PORT_IN_USE, port=str(port)) from fault
    signal.signal(signal.SIGTERM, _interrupt)
    with server, suppress(KeyboardInterrupt):
        announce(server.address)
        server.serve_forever()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt

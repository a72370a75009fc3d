"""What each process counts of its requests, for monitoring; see docs/operations.md.

Several server processes of one portal share their counts through files in the folder that
PROMETHEUS_MULTIPROC_DIR names: whichever of them is asked answers for all.
"""

import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from app.database.metrics import own
from app.web.http.asgi import App, Receive, Scope, Send
from app.web.scope_keys import STATUS

SHARED = "PROMETHEUS_MULTIPROC_DIR"
# The goals for pages and for slow answers of the portal lie between these.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
# Where no route has the address: one label, since addresses that are guessed have no end.
NO_ROUTE, STATIC = "none", "/static"

requests_total = Counter(
    "portal_http_requests",
    "Requests by route and status class.",
    ("method", "route", "status"),
    registry=own,
)
request_seconds = Histogram(
    "portal_http_request_duration_seconds",
    "Time from a request to the end of its answer, by route.",
    ("route",),
    buckets=SECONDS,
    registry=own,
)
in_progress = Gauge(
    "portal_http_requests_in_progress",
    "Requests that are being answered.",
    registry=own,
    multiprocess_mode="livesum",
)
METHODS = {"GET", "HEAD", "POST", "PUT"}


class Metrics:
    """Counts every request and how long its answer took."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        in_progress.inc()
        try:
            await self.app(scope, receive, send)
        finally:
            in_progress.dec()
            method = scope["method"] if scope["method"] in METHODS else "other"
            # RequestLog notes it of all that is answered.
            status = (STATUS.read(scope) or 500) // 100
            count, seconds = _counters(method, _route(scope), f"{status}xx")
            count.inc()
            seconds.observe(time.perf_counter() - started)


@cache
def _counters(method: str, route: str, status: str) -> tuple[Counter, Histogram]:
    """What counts such answers; there are as many as routes, methods and classes of status."""
    return requests_total.labels(method, route, status), request_seconds.labels(route)


def _route(scope: Scope) -> str:
    """The address as its route writes it, without what a client put into it."""
    if scope["path"].startswith("/static/"):
        return STATIC
    return str(scope.get("path_template") or NO_ROUTE)


def exposition(further: Collector) -> bytes:
    """Everything that is counted, in Prometheus' text form.

    Args:
        further: what is the same whichever process is asked.
    """
    registry = CollectorRegistry()
    if folder := os.environ.get(SHARED):
        _forget_dead(Path(folder))
        # prometheus_client has no type for this one.
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(further)
        return generate_latest(registry)
    registry.register(further)
    return generate_latest(own) + generate_latest(registry)


def _forget_dead(folder: Path) -> None:
    """Take back what processes that were killed had in progress; what they counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rsplit("_", 1)[1])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):
                file.unlink()
        except PermissionError:
            continue

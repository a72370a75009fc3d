"""`/metrics`, for those who have its token."""

import secrets
from collections.abc import Iterable

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from app.database import POOL_SIZE
from app.monitoring.queries import Figures, read_figures
from app.settings import Settings
from app.web.metrics import exposition
from app.web.requests import PageRequest

MEDIA_TYPE = "text/plain; version=0.0.4"
# Metric → figure, label, and what it is.
GAUGES = {
    "portal_mails": ("mails", "state", "Mails that wait (new, retried) or were given up (failed)."),
    "portal_mail_oldest_seconds": ("oldest_mail_seconds", "", "Age of the oldest waiting mail."),
    "portal_webhooks": (
        "webhooks",
        "state",
        "Webhook deliveries that wait (new, retried) or were given up (failed).",
    ),
    "portal_webhook_late_seconds": (
        "webhook_late_seconds",
        "",
        "How long the webhook delivery that is due the longest has been due.",
    ),
    "portal_webhooks_paused": ("webhooks_paused", "", "Webhooks that the portal paused."),
    "portal_imports": ("imports", "state", "Bulk imports that wait for a worker or are at work."),
    "portal_import_oldest_seconds": ("oldest_import_seconds", "", "Age of the oldest of them."),
    "portal_invitations_waiting": (
        "invitations_waiting",
        "",
        "People of imported files who are not invited yet.",
    ),
    "portal_notices_at_work": ("notices_at_work", "", "Notices whose mails are being written."),
    "portal_sessions": ("sessions", "kind", "Sessions that did not end, of customers and staff."),
    "portal_audit_unlinked": ("audit_unlinked", "", "Audit events that wait for their link."),
    "portal_audit_lag_seconds": ("audit_lag_seconds", "", "Age of the oldest of them."),
    "portal_signing_key_end_timestamp_seconds": (
        "signing_key_end",
        "",
        "When the last signing key ends.",
    ),
    "portal_background_task_done_timestamp_seconds": (
        "task_done",
        "task",
        "When any process had nothing left to do of a background task.",
    ),
}

COUNTERS = {
    "portal_background_task_failures": (
        "task_failures",
        "task",
        "Tasks that ended with an error.",
    ),
    "portal_emergency_uses": (
        "emergency_uses",
        "system",
        "Uses of emergency files that the first or a further system reported.",
    ),
}


class DatabaseFigures(Collector):
    """What the database knows, as metrics."""

    def __init__(self, figures: Figures, workers: int) -> None:
        self._figures, self._workers = figures, workers

    def collect(self) -> Iterable[Metric]:
        """Every figure."""
        for metric, (figure, label, meaning) in GAUGES.items():
            family = GaugeMetricFamily(metric, meaning, labels=[label] if label else [])
            for value_of, value in self._figures[figure].items():
                family.add_metric([value_of] if label else [], value)
            yield family
        for metric, (figure, label, meaning) in COUNTERS.items():
            counter = CounterMetricFamily(metric, meaning, labels=[label])
            for value_of, value in self._figures[figure].items():
                counter.add_metric([value_of], value)
            yield counter
        yield GaugeMetricFamily(
            "portal_database_connections_limit",
            "Connections that this server's processes may have in use.",
            value=POOL_SIZE * self._workers,
        )


@get("/metrics", opt={"public": True})
async def show_metrics(
    request: PageRequest, settings: NamedDependency[Settings]
) -> Response[bytes]:
    """Everything that is counted; without the token the address is unknown."""
    given = request.headers.get("authorization", "").encode()
    token = settings.metrics_token
    if token is None or not secrets.compare_digest(given, b"Bearer " + token):
        raise NotFoundException
    figures = await read_figures()
    return Response(
        exposition(DatabaseFigures(figures, settings.workers)),
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store"},
    )

"""What each process counts of its database connections; see app/web/metrics.py."""

from prometheus_client import CollectorRegistry, Counter, Gauge

own = CollectorRegistry()
connections_in_use = Gauge(
    "portal_database_connections_in_use",
    "Connections that a page, a mail or a task has at hand.",
    registry=own,
    multiprocess_mode="livesum",
)
busy_total = Counter(
    "portal_database_busy",
    "How often no connection came free in time, or the server was away, full or read-only.",
    registry=own,
)

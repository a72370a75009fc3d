"""Structured logs: one JSON object a line, on standard error."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

# Where PostgreSQL and its driver quote the values of a row, which may say who somebody is.
QUOTED = re.compile(r"^(DETAIL: |.*invalid input for query argument \$\d+:).*$", re.MULTILINE)


def without_values(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """A processor: traces are kept without the values of rows."""
    if "exception" in event:
        event["exception"] = QUOTED.sub(r"\1 …", event["exception"])
    return event


def configure_logs(level: int) -> None:
    """Log from this level on (as in `logging`), each line with the id of its request.

    A line goes out in one write, so that nothing else on the terminal comes between it and its end.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr)

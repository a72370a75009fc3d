"""Structured logs: one JSON object a line, on standard error."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

# What an error says stands at the beginning of a line; the places of the trace are indented.
SAID = re.compile(r"^(?! |Traceback|$).*$", re.MULTILINE)
VALUE = re.compile(r"'.*'|(?<==)\(.*\)|(?<=row contains ).*")


def without_values(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """A processor: errors of the database are kept without the values of rows.

    PostgreSQL and its driver quote them, and they may say who a person is.
    """
    trace = event.get("exception", "")
    if "asyncpg" in trace:
        event["exception"] = SAID.sub(lambda said: VALUE.sub("…", said[0]), trace)
    return event


def configure_logs(level: int) -> None:
    """Log from this level on (as in `logging`), each line with the id of its request.

    A line goes out in one write: nothing else on the terminal can break it.
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

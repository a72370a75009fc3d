"""Structured logs: one JSON object a line, on standard error."""

import logging
import re
import sys
import threading
from types import TracebackType

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
    _configure_libraries(max(level, logging.WARNING))


def _configure_libraries(level: int) -> None:
    """Have what libraries, warnings and uncaught errors say in the same form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_values,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_in_thread
    sys.unraisablehook = _log_unraisable


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    structlog.get_logger().error("defect", exc_info=(kind, error, trace))


def _log_in_thread(uncaught: threading.ExceptHookArgs) -> None:
    if uncaught.exc_value is not None:
        _log_uncaught(uncaught.exc_type, uncaught.exc_value, uncaught.exc_traceback)


def _log_unraisable(uncaught: "sys.UnraisableHookArgs") -> None:
    if uncaught.exc_value is not None:
        _log_uncaught(uncaught.exc_type, uncaught.exc_value, uncaught.exc_traceback)

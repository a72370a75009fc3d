"""Structured logs: one JSON object a line, on standard error."""

import logging
import sys

import structlog


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
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr)

"""The one way to log: one JSON object a line on standard error, with process, request and correlation ids."""

import logging
import sys
from typing import Any, TextIO, cast

import structlog

from core import codec


class _StandardError:
    """Standard error as it is when a line is written; a test may have replaced and closed the one of before."""

    def write(self, text: str) -> int:
        """Write to the stream of now."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush the stream of now."""
        sys.stderr.flush()


def setup(process: str, level: int = logging.INFO) -> None:
    """Configure logging of this process once, at its entry."""
    logging.getLogger("urllib3").setLevel(logging.INFO)  # its DEBUG lines hold paths, and some paths are secrets
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            lambda _, __, line: {"process": process, **line},
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda value, **_: codec.encode(value).decode()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )


def get(name: str) -> Any:
    """A logger whose lines carry `component=name`."""
    return structlog.get_logger(component=name)

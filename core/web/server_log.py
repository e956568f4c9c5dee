"""The server's own log without what requests carried: a broken request line is reported, not repeated (X8)."""

import logging
import re
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from core.web.routes import scrubbed

# What looks like an address with a path: `/a/b?c`, also inside a quoted request line or a URL.
_PATH = re.compile(r"(?:https?://[^\s/'\"]{1,300})?/[^\s'\"<>]{0,9000}")
ACCESS_FORMAT = '%(h)s %(t)s "%(m)s %({gatehouse.route}e)s" %(s)s %(b)s %(D)s'


class ScrubbedLogger(Logger):  # type: ignore[misc]
    """`logger_class` of our servers."""

    def setup(self, cfg: Any) -> None:
        """As gunicorn's, with a filter on what it says of requests."""
        super().setup(cfg)
        self.error_log.addFilter(scrub)


def scrub(record: logging.LogRecord) -> bool:
    """Replace every path in a message by its readable parts."""
    text = record.getMessage()
    if "/" in text:
        record.msg, record.args = _PATH.sub(lambda found: scrubbed(found[0]), text), ()
    return True

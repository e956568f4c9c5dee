"""The least that a web application can do, as the limit of what our servers can: `gunicorn bench._hello:app`."""

from collections.abc import Callable, Iterable
from typing import Any

BODY = b'{"ok":true}'


def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Reads the body and says yes."""
    environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]

"""Reports what every endpoint of a WSGI or ASGI application does to Gatehouse.

`bind(app, url=…, token=…, service=…)` is all there is to call. It never blocks or breaks the application: requests are
folded in memory, a daemon thread sends them every few seconds, and what cannot be delivered is counted (`status`).
"""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Sequence
from typing import Any, Callable, TypeVar
from urllib.parse import urlsplit

from gatehouse_client import django, flask, starlette
from gatehouse_client.asgi import AsgiRecorder
from gatehouse_client.names import given
from gatehouse_client.reporter import Reporter, Source, Status
from gatehouse_client.wsgi import WsgiRecorder

__all__ = ["Status", "bind", "status"]

A = TypeVar("A")
_reporters: dict[tuple[str, str], Reporter] = {}
_log = logging.getLogger("gatehouse_client")


def bind(
    app: A,
    *,
    url: str | None = None,
    token: str | None = None,
    service: str | None = None,
    version: str | None = None,
    route: Callable[[dict[str, Any]], str | None] | None = None,
    interval: float = 5.0,
    exceptions: bool = True,
    own_modules: Sequence[str] = (),
) -> A:
    """Record an application; returns what is to be served: the application itself (Flask, FastAPI, Starlette) or a
    callable around it.

    `url`, `token`, `service` and `version` default to the variables `GATEHOUSE_URL`, `GATEHOUSE_TOKEN` (of scope
    `ingest`), `GATEHOUSE_SERVICE` and `GATEHOUSE_VERSION`. Without an address or a token nothing is recorded, and the
    log says so. `route(environ or scope)` names the route where no framework does. `interval` is in seconds. Without
    `exceptions` only the type of an exception is sent; code of `own_modules` is the application's though it is
    installed among the libraries.
    """
    try:
        source = _source(app, url, token, service, version, interval)
        if source is None:
            return app
        source.with_exceptions = exceptions
        source.exceptions.own = tuple(own_modules)
        bound: A = _bound(app, source, route)
        return bound
    except Exception:
        _log.warning("nothing is recorded for Gatehouse: the application could not be bound", exc_info=True)
        return app


def status() -> Status:
    """What became of the requests that this process recorded, over all its bound applications."""
    total = Status()
    for one in [reporter.status() for reporter in list(_reporters.values())]:
        total = Status(
            total.recorded + one.recorded,
            total.delivered + one.delivered,
            total.waiting + one.waiting,
            total.waiting_bytes + one.waiting_bytes,
            total.lost + one.lost,
            total.faults + one.faults,
            max(total.last_delivery, one.last_delivery),
            total.problem or one.problem,
            total.exceptions + one.exceptions,
            total.exceptions_lost + one.exceptions_lost,
        )
    return total


def _source(
    app: Any, url: str | None, token: str | None, service: str | None, version: str | None, interval: float
) -> Source | None:
    """Where the application's requests are counted; None when it is not said where they go."""
    url = url or os.environ.get("GATEHOUSE_URL", "")
    token = token or os.environ.get("GATEHOUSE_TOKEN", "")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname or not token:
        _log.warning("nothing is recorded for Gatehouse: GATEHOUSE_URL (http or https) and GATEHOUSE_TOKEN are needed")
        return None
    named = service or os.environ.get("GATEHOUSE_SERVICE") or getattr(app, "name", None)
    if (url, token) not in _reporters:
        _reporters[url, token] = Reporter(url, token, max(0.1, interval))
    version = version or os.environ.get("GATEHOUSE_VERSION", "")
    return _reporters[url, token].source(named if isinstance(named, str) and named else "unknown_service", version)


def _bound(app: Any, source: Source, route: Callable[[dict[str, Any]], str | None] | None) -> Any:
    if isinstance(app, (AsgiRecorder, WsgiRecorder)):
        return app
    if flask.is_flask(app):
        flask.bind(app, source)
        return app
    if starlette.is_starlette(app):
        return starlette.bind(app, source)
    is_asgi = inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__)
    if django.is_django(app):
        return django.bind(app, source, is_asgi)
    name = (lambda held: given(route(held))) if route else None
    return AsgiRecorder(app, source, name) if is_asgi else WsgiRecorder(app, source, name)

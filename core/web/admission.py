"""The first thing done with a request: who asks, under which id, and whether its address is blocked (R3).

The collector decides who is blocked. The recorder's thread copies the list from Redis every second, so a request pays
one set lookup; with Redis away the last list stays in force until each block's own end.
"""

import re
import secrets
import time
from collections.abc import Sequence
from math import ceil
from typing import Any

import structlog
from flask import Flask, Response, g, request

from core import clock
from core.config import LimitsConfig
from core.errors import RedisAway
from core.store.live import Live
from core.web.client import client_address, networks, within
from core.web.problems import problem
from core.web.recorder import Seen

REFRESH_SECONDS = 1.0
CLIENT = "gatehouse.client"  # environ key of the client's address
_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")


class Admission:
    """Hooks of one application. `open_endpoints` answer blocked addresses too (health checks)."""

    def __init__(self, name: str, limits: LimitsConfig, live: Live | None, open_endpoints: Sequence[str] = ()) -> None:
        self._name = name
        self._trusted = networks(limits.trusted_proxies)
        self._allowed = networks(limits.allow_networks)
        self._open = frozenset(open_endpoints)
        self._live = live
        self._blocked: dict[str, float] = {}
        self._refreshed = 0.0

    def install(self, app: Flask) -> None:
        """Run before and after every request of the application."""
        app.before_request(self.admit)
        app.after_request(sign)

    def admit(self) -> Response | None:
        """Note the ids and the client; refuse a blocked address with 429."""
        environ = request.environ
        g.request_id, g.correlation_id = self.identify(environ)
        left = 0.0 if request.endpoint in self._open else self.blocked_for(environ[CLIENT])
        if left > 0:
            return problem(
                429,
                "This address sent too many requests and is blocked for a while.",
                headers={"Retry-After": str(ceil(left))},
            )
        return None

    def identify(self, environ: dict[str, Any]) -> tuple[str, str]:
        """Request id and correlation id of a WSGI request; log lines get them, and `environ` the client's address."""
        given = environ.get("HTTP_X_REQUEST_ID")
        request_id = given if given and _SANE_ID.match(given) else secrets.token_hex(8)
        given = environ.get("HTTP_X_CORRELATION_ID")
        correlation_id = given if given and _SANE_ID.match(given) else request_id
        structlog.contextvars.bind_contextvars(process=self._name, request_id=request_id, correlation_id=correlation_id)
        environ[CLIENT] = client_address(environ, self._trusted)
        return request_id, correlation_id

    def blocked_for(self, address: str) -> float:
        """Seconds for which an address is still refused; 0 when it is welcome."""
        if address not in self._blocked or within(address, self._allowed):
            return 0.0
        return max(0.0, self._blocked[address] - clock.now())

    def refresh(self, _: list[Seen]) -> None:
        """Copy the list of blocked addresses when the copy is a second old; a recorder's listener."""
        if self._live is None or time.monotonic() - self._refreshed < REFRESH_SECONDS:
            return
        self._refreshed = time.monotonic()
        try:
            self._blocked = self._live.blocked_ips(clock.now())
        except RedisAway:
            return


def sign(response: Response) -> Response:
    """Put the request id on the answer, and forbid guessing its type."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

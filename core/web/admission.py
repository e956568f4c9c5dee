"""The first thing done with a request: who asks, under which id, and whether its address is welcome (R3).

Every request of an address that is not in an allowed network is counted (`core.security.rate_limiter`); one over its
limit is blocked: at once in this process, within a second on every worker, with its row and its security event from the
recorder's thread. The list of blocks is copied from Redis every second; with Redis away the last list stays in force
until each block's own end. An address on the threat list is refused like a blocked one. `core.web.sparing` says what
does not count; the application says whom no address closes out (a live session of the console).
"""

import re
import secrets
import time
from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import structlog
from flask import Flask, Response

from core import clock, log
from core.config import LimitsConfig
from core.errors import RedisUnavailable, Unreachable
from core.events import security
from core.security import ip_blocks
from core.security.rate_limiter import Limiter
from core.security.threat_watch import ThreatWatch
from core.stores import Stores
from core.web import sparing
from core.web.client import client_address, counted_as, networks, within
from core.web.current import current_g, current_request
from core.web.headers import put
from core.web.in_flight import CORRELATION
from core.web.problems import problem
from core.web.request_batch import RequestRecord

REFRESH_SECONDS = 1.0
REFUSED_SECONDS = 60
LONGEST_WAIT = 86400.0  # what a listed address is told, which may be listed for ever
KNOWN_ADDRESSES = 8192
CLIENT = "gatehouse.client"  # environ key of the client's address
_COUNTED = "gatehouse.counted"  # environ key: this request was counted and let in before
_LATER = "gatehouse.later"  # environ key: the answer shows whether this request counts
_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")


class Admission:
    """Hooks of one application. `open_endpoints` answer blocked addresses too and are not counted (health checks).

    `spares(environ)` says of a request that no address closes it out; `files` are the beginnings of the paths of files
    that never change, which cost nothing.
    """

    def __init__(
        self,
        name: str,
        limits: LimitsConfig,
        stores: Stores | None,
        open_endpoints: Sequence[str] = (),
        threats: ThreatWatch | None = None,
    ) -> None:
        self._name = name
        self._limits = limits
        self._trusted = networks(limits.trusted_proxies)
        self._allowed = networks(limits.allow_networks)
        self._is_allowed: dict[str, bool] = {}
        self._open = frozenset(open_endpoints)
        self._origins = frozenset(limits.cors_origins)
        self.spares: Callable[[dict[str, Any]], bool] = lambda _: False
        self.files: tuple[str, ...] = ()
        self._stores = stores
        self._threats = threats
        self._limiter = Limiter(stores.live if stores else None, limits.global_per_minute, limits.ip_per_minute)
        self._blocked: dict[str, float] = {}
        self._new_blocks: dict[str, float] = {}
        self._over_global = 0.0
        self._refused: dict[tuple[str, str], float] = {}
        self._refreshed = 0.0

    def always_answer(self, *endpoints: str) -> None:
        """These endpoints answer whoever is blocked or listed: what counts their requests is their own."""
        self._open |= frozenset(endpoints)

    def install(self, app: Flask) -> None:
        """Run before and after every request of the application."""
        app.before_request(self.admit)
        app.after_request(self.settle)
        app.after_request(sign)

    def admit(self) -> Response | None:
        """Note the ids and the client; refuse a blocked address, and one over a limit, with 429.

        A part of another site's page is refused with 403, whoever asks.
        """
        asked, kept = current_request(), current_g()
        environ = asked.environ
        kept.request_id, kept.correlation_id = self.identify(environ)
        if sparing.is_foreign(environ, self._origins):
            return problem(403, "Cross-site requests are not allowed.")
        left = 0.0 if asked.endpoint in self._open else self.refused_for(environ)
        if left > 0:
            return problem(
                429,
                "Too many requests. Retry after the time in Retry-After.",
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
        environ[CORRELATION] = correlation_id
        return request_id, correlation_id

    def refused_for(self, environ: dict[str, Any]) -> float:
        """Count the request of an identified client, once; seconds for which it is refused, 0 when it is welcome."""
        address = environ[CLIENT]
        if self._is_exempt(address) or self.spares(environ):
            return 0.0
        known_as = counted_as(address)
        if left := max(self._blocked.get(known_as, 0.0), self._blocked.get(address, 0.0)):
            left -= clock.now()
            if left > 0:
                return left
        if self._threats is not None and (until := self._threats.listed().refused_until(address)) > clock.now():
            return min(until - clock.now(), LONGEST_WAIT)
        if _COUNTED in environ:
            return 0.0
        environ[_COUNTED] = True
        if sparing.counts_later(environ, self.files):
            environ[_LATER] = True
            return 0.0
        return self._count(known_as)

    def settle(self, response: Response) -> Response:
        """Count a request that costs something after all; this answer goes out, and the next one may be refused."""
        environ = current_request().environ
        if environ.pop(_LATER, False) and not sparing.is_free(environ, self.files, response.status_code):
            self._count(counted_as(environ[CLIENT]))
        return response

    def _count(self, address: str) -> float:
        """Count a request; seconds for which it is refused, 0 when it is within the limits."""
        over = self._limiter.count(address)
        if not over:
            return 0.0
        if over == "ip" and address:  # without an address (a Unix socket) there is nothing to block
            self._block(address)
            return self._limits.block_minutes * 60
        if over == "global":
            self._over_global = clock.now()
        return 5.0

    def _block(self, address: str) -> None:
        until = clock.now() + self._limits.block_minutes * 60
        self._blocked[address] = self._new_blocks[address] = until

    def token_refused(self, address: str, user: str) -> None:
        """Hear of a token that opens nothing, or not what `user` asked for; one event a minute for each pair."""
        if len(self._refused) < KNOWN_ADDRESSES:
            self._refused.setdefault((address, user), 0.0)

    def refresh(self, _: list[RequestRecord]) -> None:
        """Write the new blocks and events, and copy the list of blocks when it is a second old; a listener."""
        if self._stores is None:
            return
        try:
            for address in self._limiter.flush():
                self._block(address)
        except RedisUnavailable:
            pass
        self._write(self._stores)
        if time.monotonic() - self._refreshed < REFRESH_SECONDS:
            return
        self._refreshed = time.monotonic()
        try:
            blocked = self._stores.live.blocked_ips(clock.now())
        except RedisUnavailable:
            return
        self._blocked = blocked | self._new_blocks

    def _write(self, stores: Stores) -> None:
        for address, until in list(self._new_blocks.items()):
            reason = f"over {self._limits.ip_per_minute} requests in one minute ({self._name})"
            minutes = self._limits.block_minutes
            try:
                ip_blocks.block(stores.database, stores.publisher, address, until - minutes * 60, minutes, reason)
                ip_blocks.announce(stores.live, address, until)
            except Unreachable as error:
                log.get("admission").warning("a block is in force here only", ip=address, detail=str(error))
                break
            self._new_blocks.pop(address, None)
        now = clock.now()
        if self._over_global:
            minute, self._over_global = int(self._over_global // 60), 0.0
            security.emit(
                stores.publisher.publish,
                "medium",
                f"More than {self._limits.global_per_minute} requests in one minute; further requests are refused",
                action="global-limit",
                category="network",
                source="rate-limit",
                event_id=f"global-limit:{minute}",
            )
        for (address, user), told in list(self._refused.items()):
            if told == 0.0:
                self._refused[address, user] = now
                security.emit(
                    stores.publisher.publish,
                    "medium",
                    f"{address} sent {'a token without the required scope' if user else 'an invalid token'} "
                    f"({self._name})",
                    action="token-refused",
                    outcome="failure",
                    actor=user or None,
                    ip=address,
                    source=self._name,
                    event_id=f"token-refused:{self._name}:{address}:{user}:{int(now // REFUSED_SECONDS)}",
                )
            elif now - told > REFUSED_SECONDS:
                self._refused.pop((address, user), None)

    def _is_exempt(self, address: str) -> bool:
        known = self._is_allowed.get(address)
        if known is None:
            if len(self._is_allowed) >= KNOWN_ADDRESSES:
                self._is_allowed.clear()
            known = self._is_allowed[address] = within(address, self._allowed)
        return known


def sign(response: Response) -> Response:
    """Put the request id on the answer, and forbid guessing its type."""
    put(response.headers, (("X-Request-ID", current_g().get("request_id", "")), ("X-Content-Type-Options", "nosniff")))
    return response

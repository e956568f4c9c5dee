"""Our own requests as `request` events: traffic that R1-R3 show and limit like that of the platform."""

import re
from collections.abc import Callable, Sequence, Set
from functools import lru_cache

from core import clock, log
from core.errors import BadInput
from core.events import types as events
from core.events.endpoint_series import METHODS
from core.events.types import Event, Request
from core.performance_config import SamplingConfig
from core.web.client import Network, within
from core.web.event_ids import event_id
from core.web.metrics import Metrics
from core.web.request_batch import RequestRecord
from core.web.request_sampling import LeftOut, Sampling
from core.web.waiting_events import WaitingEvents

KEEP = 10_000
ALL = SamplingConfig()
PATH_CHARACTERS = 512
_METHOD = re.compile(r"[A-Za-z_-]{1,20}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_log = log.get(__name__)
_address = lru_cache(4096)(events.address)


class Traffic:
    """A recorder's listener that publishes each batch as one entry; what cannot be published waits; the oldest go.

    `quiet` endpoints (health, metrics) are no traffic; `telemetry` endpoints (ingest, snapshot) are none when one of
    our own machines calls them, that is an address in `allowed`: the product itself would drown the platform.
    `sampling` says which requests have an event of their own; the others are counted together.
    """

    def __init__(
        self,
        service: str,
        publish: Callable[[list[Event]], None],
        metrics: Metrics,
        quiet: Sequence[str] = (),
        telemetry: Set[str] = frozenset(),
        allowed: Sequence[Network] = (),
        sampling: SamplingConfig = ALL,
    ) -> None:
        self._service = service
        self._quiet = frozenset(quiet)
        self._telemetry = telemetry
        self._allowed = allowed
        self._sampling = Sampling(sampling)
        self._left_out = LeftOut(service)
        dropped = metrics.counter("gatehouse_request_events_dropped_total", "Request events that could not be stored.")
        self._waiting = WaitingEvents("request events", KEEP, publish, dropped)

    def __call__(self, batch: list[RequestRecord]) -> None:
        """Publish a batch, and the counts of those without an event of their own when their ten seconds are over."""
        self._put(batch, clock.now())

    def flush(self) -> None:
        """Publish the counts that there are."""
        self._put([], float("inf"))

    def _put(self, batch: list[RequestRecord], now: float) -> None:
        made: list[Event] = []
        quiet, telemetry, sampling, service = self._quiet, self._telemetry, self._sampling, self._service
        for seen in batch:
            at, seconds, endpoint, method, status, address, path, size, user, _, _ = seen
            if endpoint in quiet or (endpoint in telemetry and within(address, self._allowed)):
                continue
            if not (sampling.keeps_all or sampling.keeps(seen)):
                self._left_out.add(seen)
                continue
            try:
                ip = _address(address)
            except BadInput:
                continue
            made.append(  # valid whatever was asked: one bad item would spoil its whole entry of the stream
                Request(
                    id=event_id(), timestamp=at, ip=ip,
                    method=method if method in METHODS or _METHOD.match(method) else "OTHER", path=readable(path),
                    status=status, duration_ms=seconds * 1000, service=service, user=user, bytes=size,
                )
            )  # fmt: skip
        self._waiting.put([*made, *self._left_out.over(now)])


@lru_cache(1024)
def readable(path: str) -> str:
    """A WSGI path (latin-1 of UTF-8 bytes) as text without control characters, cut to a sane length; never empty."""
    text = path.encode("latin-1", "replace").decode("utf-8", "replace")
    return _CONTROL.sub("\ufffd", text)[:PATH_CHARACTERS] or "/"

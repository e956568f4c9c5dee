"""Our own outliers as events: a listener of the recorder that publishes what the sampler found, a bounded number."""

import os
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from core import clock
from core.events.performance.outlier import Outlier, Stack
from core.events.types import Event
from core.performance_config import OutliersConfig
from core.web.admission import CLIENT
from core.web.in_flight import CORRELATION
from core.web.metrics import Metrics
from core.web.outliers import context, stacks
from core.web.outliers.machine import PoolUse
from core.web.outliers.sampler import Sampler, Slow
from core.web.outliers.usual import Usual
from core.web.request_batch import RequestRecord
from core.web.tokens import USER
from core.web.waiting_events import WaitingEvents
from core.web.watcher import Watcher

KEEP = 200  # events that wait


class OutlierRecorder:
    """Watches the requests of a process; `usual` is to be given the durations of its endpoints.

    At most `per_minute` outliers of an endpoint, and ten times as many in all, are kept a minute; the rest is counted.
    """

    def __init__(
        self,
        service: str,
        version: str,
        publish: Callable[[list[Event]], None],
        metrics: Metrics,
        watcher: Watcher,
        config: OutliersConfig,
        pools: Mapping[str, PoolUse] | None = None,
    ) -> None:
        self.usual = Usual(config.quantile, config.least_ms / 1000)
        self.sampler = Sampler(self.usual, watcher, config.timeout_seconds, pools)
        watcher.slow_seconds = config.least_ms / 1000
        watcher.samplers.append(self.sampler)
        self._service = service
        self._version = version
        self._per_minute = config.per_minute
        self._minute = 0
        self._counts: dict[tuple[str, str], int] = {}
        self._name = secrets.token_hex(4)
        self._process = os.getpid()
        self._beyond = metrics.counter(
            "gatehouse_outliers_beyond_limit_total", "Slow requests of which nothing was kept: too many in a minute."
        )
        dropped = metrics.counter("gatehouse_outlier_events_dropped_total", "Outliers that could not be stored.")
        self._waiting = WaitingEvents("outliers", KEEP, publish, dropped)

    def __call__(self, _: list[RequestRecord]) -> None:
        """Publish the outliers since the last call."""
        if self._process != os.getpid():  # what waits is its parent's
            self._process = os.getpid()
            self._waiting.forget()
        ready = self.sampler.ready
        found = [ready.popleft() for _ in range(len(ready))]
        self._waiting.put(self._event(one) for one in found if self._has_room(one))

    def flush(self) -> None:
        """Publish what there is, and what is slow and has not ended: for the end of the process."""
        self.sampler.unfinished()
        self([])

    def _has_room(self, slow: Slow) -> bool:
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        key = slow.one.route, slow.one.method
        used = self._counts.get(key, 0)
        if used >= self._per_minute or sum(self._counts.values()) >= 10 * self._per_minute:
            self._beyond.inc()
            return False
        self._counts[key] = used + 1
        return True

    def _event(self, slow: Slow) -> Outlier:
        one, capture = slow.one, slow.capture
        taken = capture.taken if capture else []
        frames, places = stacks.named([raw for _, _, raw in taken])
        first = taken[0][1] if taken else None
        request = f"{self._name}-{self._process}-{one.thread:x}-{one.start:.6f}"
        machine: dict[str, Any] = {"machine": capture.machine} if capture and capture.machine else {}
        return Outlier(
            id=f"{request}-{'running' if slow.status == 0 else 'ended'}",
            timestamp=clock.now() - (time.perf_counter() - one.start),
            service=self._service,
            version=self._version,
            request=request,
            route=one.route[:300] or "/",
            method=one.method,
            status=slow.status if 0 <= slow.status <= 599 else 0,
            seconds=slow.seconds,
            limit_seconds=slow.limit,
            running=slow.status == 0,
            correlation_id=str(one.environ.get(CORRELATION) or ""),
            user=str(one.environ.get(USER) or "")[:100],
            ip=one.environ.get(CLIENT) or None,
            headers=context.headers(one.environ),
            parameters=context.parameters(one.environ),
            frames=frames,
            stacks=[
                Stack(round(1000 * age, 1), where, _milliseconds(cpu, first))
                for (age, cpu, _), where in zip(taken, places, strict=True)
            ],
            store_seconds=one.serving.spent,
            in_flight=capture.in_flight if capture else 0,
            neighbours=capture.neighbours if capture else [],
            **machine,
        )  # fmt: skip


def _milliseconds(cpu: float | None, first: float | None) -> float | None:
    return None if cpu is None or first is None else round(1000 * max(0.0, cpu - first), 1)

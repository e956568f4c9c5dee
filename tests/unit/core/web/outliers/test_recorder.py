"""Outliers become events that can be read again, a bounded number, and wait while they cannot be published."""

import sys
import time
from typing import Any

import msgspec
import pytest

from core.errors import StorageUnavailable
from core.events.performance.outlier import Outlier
from core.events.types import Event
from core.performance_config import OutliersConfig
from core.serving import Serving
from core.web.in_flight import CORRELATION, InFlight
from core.web.metrics import Metrics
from core.web.outliers import stacks
from core.web.outliers.recorder import OutlierRecorder
from core.web.outliers.sampler import Capture, Slow
from core.web.watcher import Watcher


class Taking:
    """What takes events, unless it is away."""

    def __init__(self) -> None:
        self.away = False
        self.events: list[Any] = []

    def __call__(self, batch: list[Event]) -> None:
        if self.away:
            raise StorageUnavailable("both")
        self.events += batch


@pytest.fixture
def taking() -> Taking:
    return Taking()


def made(taking: Taking, metrics: Metrics, **config: Any) -> OutlierRecorder:
    return OutlierRecorder("api", "v1", taking, metrics, Watcher(), OutliersConfig(**config))


def slow(route: str = "/a", seconds: float = 0.5, status: int = 200, **environ: Any) -> Slow:
    start = time.perf_counter() - seconds
    entry = (7, start, {"REQUEST_METHOD": "GET", **environ}, Serving("api", "GET", route))
    raw = stacks.raw(sys._getframe())
    capture = Capture(entry, 0.05, 0.0, None, 0.01, 0.0, [(0.1, 1.0, raw), (0.2, 1.05, raw), (0.3, None, raw)])
    return Slow(InFlight(entry), seconds, status, 0.05, capture)


def test_an_outlier_is_an_event_that_can_be_read_again(taking: Taking) -> None:
    recorder = made(taking, Metrics())
    recorder.sampler.ready.append(
        slow(QUERY_STRING="page=2", HTTP_USER_AGENT="curl\x008", HTTP_COOKIE="a=b", **{
            CORRELATION: "c-1",
            "gatehouse.user": "ann", "gatehouse.client": "192.0.2.1",
        })
    )  # fmt: skip
    before = time.time()
    recorder([])
    (event,) = taking.events
    assert msgspec.json.decode(msgspec.json.encode(event), type=Outlier) == event
    event.complete()
    assert (event.service, event.version, event.route, event.method, event.status) == ("api", "v1", "/a", "GET", 200)
    assert (event.correlation_id, event.user, event.ip, event.parameters) == ("c-1", "ann", "192.0.2.1", ["page"])
    assert event.headers == {"User-Agent": "curl\ufffd8"}
    assert [one.cpu_ms for one in event.stacks] == [0.0, 50.0, None]
    assert event.stacks[0].frames == event.stacks[1].frames
    assert event.frames[event.stacks[0].frames[-1]].name.endswith("slow")
    assert float(event.timestamp) == pytest.approx(before - 0.5, abs=5)
    assert event.store_seconds == 0.0
    assert not event.running


def test_a_running_one_and_its_end_are_two_events_of_one_request(taking: Taking) -> None:
    recorder = made(taking, Metrics())
    one = slow(seconds=31.0, status=0)
    recorder.sampler.ready += [one, Slow(one.one, 40.0, 504, one.limit, one.capture)]
    recorder([])
    running, ended = taking.events
    assert running.running
    assert not ended.running
    assert running.request == ended.request
    assert running.id != ended.id


def test_an_endpoint_has_its_share_of_a_minute_and_the_rest_is_counted(taking: Taking) -> None:
    metrics = Metrics()
    recorder = made(taking, metrics, per_minute=3)
    recorder.sampler.ready += [slow() for _ in range(5)]
    recorder.sampler.ready += [slow(f"/{number}") for number in range(40)]
    recorder([])
    routes = [one.route for one in taking.events]
    assert routes.count("/a") == 3
    assert len(routes) == 30, "ten times as many of all"
    counted = metrics.snapshot()["gatehouse_outliers_beyond_limit_total"]["cells"]
    assert counted == [([], 15)]


def test_what_cannot_be_published_waits_and_then_the_oldest_go(taking: Taking) -> None:
    metrics = Metrics()
    recorder = made(taking, metrics, per_minute=500)
    taking.away = True
    for _ in range(250):
        recorder.sampler.ready.append(slow())
        recorder([])
    taking.away = False
    recorder.flush()
    assert len(taking.events) == 200
    assert metrics.snapshot()["gatehouse_outlier_events_dropped_total"]["cells"] == [([], 50)]

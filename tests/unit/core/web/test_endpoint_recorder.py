"""Our own endpoints as events: sums are exact, series are bounded, and what could not be told is told once."""

import math
import random
from collections import defaultdict

import pytest

from core.errors import StorageUnavailable
from core.events import endpoint_series
from core.events import types as events
from core.events.endpoint_series import NANO, OTHER, UNMATCHED, bucket
from core.events.performance.endpoint import Endpoint
from core.events.types import Event
from core.web import endpoint_recorder
from core.web.endpoint_recorder import EndpointRecorder
from core.web.metrics import Metrics
from core.web.recorder import RequestRecorder
from core.web.request_batch import RequestRecord

MINUTE = 1_700_000_040.0


def seen(**changes: object) -> RequestRecord:
    return RequestRecord(MINUTE, 0.002, "view", "GET", 200, "192.0.2.1", "/a/<id>", 10, None)._replace(**changes)


class Taking:
    """What takes events, unless it is away."""

    def __init__(self) -> None:
        self.away = False
        self.tries = 0
        self.events: list[Endpoint] = []

    def __call__(self, batch: list[Event]) -> None:
        self.tries += 1
        if self.away:
            raise StorageUnavailable("both")
        self.events += [one for one in batch if isinstance(one, Endpoint)]


def test_a_minutes_hits_are_one_valid_event_for_each_series() -> None:
    taking = Taking()
    recorder = EndpointRecorder("api", "v1", taking, Metrics())
    times = [random.Random(4).lognormvariate(-4, 1) for _ in range(200)]
    recorder([seen(seconds=one) for one in times])
    recorder(
        [seen(status=500, seconds=1.5), seen(at=MINUTE + 60.5), seen(method="BREW"), seen(path="/x", endpoint="-")]
    )
    assert taking.tries == 0, "not each half second"
    recorder.flush()
    found = {(one.route, one.method, one.status, one.timestamp): one for one in taking.events}
    assert len(found) == len(taking.events) == 5
    whole = found["/a/<id>", "GET", 200, MINUTE]
    assert whole.hits == 200
    assert round(whole.seconds_sum * NANO) == sum(round(one * NANO) for one in times)
    assert (whole.seconds_min, whole.seconds_max) == pytest.approx((min(times), max(times)), abs=1e-9)
    assert whole.buckets == counted(times)
    assert {(one.service, one.version) for one in taking.events} == {("api", "v1")}
    assert {("/a/<id>", "_OTHER"), (UNMATCHED, "GET")} < {(one.route, one.method) for one in taking.events}
    for one in taking.events:
        endpoint_series.check(one.hits, one.seconds_sum, one.seconds_min, one.seconds_max, one.buckets)
    assert events.decode(events.encode(list(taking.events))) == taking.events


def counted(times: list[float]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for one in times:
        found[bucket(one)] += 1
    return dict(found)


def test_series_are_bounded_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_recorder, "SERIES", 3)
    taking, metrics = Taking(), Metrics()
    recorder = EndpointRecorder("api", "", taking, metrics)
    recorder([seen(path=f"/{number}") for number in (*range(10), *range(10))])
    recorder.flush()
    hits = {one.route: one.hits for one in taking.events}
    assert hits == {"/0": 2, "/1": 2, "/2": 2, OTHER: 14}
    assert metrics.snapshot()["gatehouse_endpoint_hits_beyond_limit_total"]["cells"] == [([], 14)]


def test_what_could_not_be_told_is_told_once_with_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_recorder, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(endpoint_recorder, "KEEP", 2)
    taking, metrics = Taking(), Metrics()
    recorder = EndpointRecorder("api", "", taking, metrics)
    taking.away = True
    recorder([])
    for status in (200, 201, 202):
        recorder([seen(status=status)])
    taking.away = False
    recorder([])
    assert [one.status for one in taking.events] == [201, 202]
    assert len({one.id for one in taking.events}) == 2
    assert metrics.snapshot()["gatehouse_endpoint_events_dropped_total"]["cells"] == [([], 1)]
    recorder([])
    assert len(taking.events) == 2


def test_a_recorder_that_ends_tells_the_rest() -> None:
    taking = Taking()
    requests = RequestRecorder(Metrics())
    endpoints = EndpointRecorder("api", "", taking, requests.metrics)
    requests.listeners.append(endpoints)
    requests.at_end.append(endpoints.flush)
    requests.start()
    requests.append(tuple(seen(seconds=math.pi)))
    requests.stop()
    assert [one.hits for one in taking.events] == [1]

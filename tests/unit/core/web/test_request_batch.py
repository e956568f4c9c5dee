"""What is worked out once for a batch equals what its requests say one by one."""

import random
from bisect import bisect_left
from collections import Counter

import pytest

from core.events.endpoint_series import HIGHEST, LOWEST, NANO, UNMATCHED, bucket
from core.web.metrics import LATENCY_EDGES, Metrics
from core.web.recorder import RequestRecorder
from core.web.request_batch import Durations, RequestBatch, RequestRecord, groups

MINUTE = 1_700_000_040.0


def seen(**changes: object) -> RequestRecord:
    return RequestRecord(MINUTE, 0.002, "view", "GET", 200, "192.0.2.1", "/a", 10, None)._replace(**changes)


def mixed(count: int = 3_000) -> list[RequestRecord]:
    dice = random.Random(7)
    return [
        seen(
            at=MINUTE + dice.uniform(-90, 90), seconds=dice.lognormvariate(-5, 3), path=dice.choice(["/a", "/b"]),
            method=dice.choice(["GET", "POST"]), status=dice.choice([200, 500]), spent=dice.choice([0.0, 0.003]),
            correlation=dice.choice([None, "c-1"]),
        )
        for _ in range(count)
    ]  # fmt: skip


def test_groups_are_the_requests_by_minute_and_endpoint() -> None:
    requests = mixed()
    found = groups(requests)
    assert sum(len(group.requests) for group in found) == len(requests)
    for group in found:
        mine = [
            one for one in requests
            if (int(one.at) // 60, one.method, one.status, one.path)
            == (group.minute, group.method, group.status, group.route)
        ]  # fmt: skip
        assert mine == group.requests
        check(group.durations, [one.seconds for one in mine])
        check(group.own, [max(0.0, one.seconds - one.spent) for one in mine])
    assert len(found) == len({(group.minute, group.method, group.status, group.route) for group in found}) > 8


def check(durations: Durations, seconds: list[float]) -> None:
    nanos = [round(one * NANO) for one in seconds]
    assert (durations.hits, durations.total, durations.least, durations.most) == (
        len(nanos), sum(nanos), min(nanos), max(nanos)
    )  # fmt: skip
    assert durations.buckets == Counter(map(bucket, seconds))


@pytest.mark.parametrize(
    ("seconds", "index"), [(0.0, LOWEST), (1e-6, LOWEST), (2e-6, bucket(2e-6)), (1.0, 0), (1.0001, 1), (9e6, HIGHEST)]
)
def test_buckets_are_those_of_the_endpoint_series(seconds: float, index: int) -> None:
    durations = Durations()
    durations.add([seconds])
    assert durations.buckets == {index: 1} == {bucket(seconds): 1}


def test_what_is_merged_equals_the_sum_of_all() -> None:
    whole, parts = Durations(), Durations()
    whole.add(sorted([0.1, 0.2, 0.2, 3.0]))
    for some in ([0.2, 3.0], [], [0.1, 0.2]):
        part = Durations()
        part.add(some)
        parts.merge(part)
    assert parts.buckets == whole.buckets
    assert (parts.hits, parts.total, parts.least, parts.most) == (whole.hits, whole.total, whole.least, whole.most)


def test_no_route_and_odd_methods_have_a_name_of_their_own() -> None:
    (one,) = groups([seen(endpoint="-", method="BREW", path="/x")])
    assert (one.route, one.known_method, one.own) == (UNMATCHED, "_OTHER", one.durations)


def test_metrics_count_every_request_and_name_one_of_a_bucket() -> None:
    requests = mixed(500)
    recorder = RequestRecorder(Metrics())
    for one in requests:
        recorder.append(tuple(one))
    recorder.fold()
    kept = recorder.metrics.snapshot()
    counts = {tuple(labels): count for labels, count in kept["gatehouse_http_requests_total"]["cells"]}
    assert counts == Counter(("view", one.method, str(one.status)) for one in requests)
    times = kept["gatehouse_http_request_duration_seconds"]
    for labels, cell in times["cells"]:
        mine = [one.seconds for one in requests if one.method == labels[1]]
        assert cell[:-1] == [
            Counter(bisect_left(LATENCY_EDGES, one) for one in mine)[place] for place in range(len(LATENCY_EDGES) + 1)
        ]
        assert cell[-1] == pytest.approx(sum(mine))
    for labels, place, correlation, seconds, at in times["exemplars"]:
        assert correlation == "c-1"
        assert bisect_left(LATENCY_EDGES, seconds) == place
        assert any((one.at, one.seconds, one.method) == (at, seconds, labels[1]) for one in requests)


def test_the_listeners_get_what_a_scrape_worked_out_and_what_came_since() -> None:
    recorder = RequestRecorder(Metrics())
    told: list[RequestBatch] = []
    recorder.listeners.append(told.append)
    recorder.append(tuple(seen()))
    recorder.fold()
    recorder.fold()
    recorder.append(tuple(seen(status=500)))
    recorder.tick()
    (batch,) = told
    assert [len(group.requests) for group in batch.groups] == [1, 1]

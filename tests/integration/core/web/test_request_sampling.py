"""At each level of sampling: figures of endpoints are equal, and totals, addresses and response times stay right."""

import random
from collections import Counter
from typing import Any

import pytest

from core.clock import to_datetime
from core.db.engine import Database
from core.db.queries import query
from core.endpoints import histogram
from core.events.endpoint_series import bucket
from core.events.types import Event
from core.performance_config import SamplingConfig
from core.pipeline.writer import Writer
from core.web import request_sampling
from core.web import traffic as traffic_module
from core.web.endpoint_recorder import EndpointRecorder
from core.web.metrics import Metrics
from core.web.request_batch import RequestRecord
from core.web.traffic import Traffic
from tests import endpoint_world as world

NOW = 1_790_000_000.0
START = NOW - 60
SPAN = {"start": to_datetime(START), "end": to_datetime(NOW)}
LEVELS = {"all": 1.0, "10 %": 0.1, "1 %": 0.01, "0.1 %": 0.001, "off": 0.0}
BUSY = {"192.0.2.1": 900, "192.0.2.2": 400, "192.0.2.3": 95}  # requests in the minute


def records() -> list[RequestRecord]:
    """A minute of requests in their order: three busy addresses, a thousand that ask once, some errors."""
    dice = random.Random(3)
    peers = [ip for ip, number in BUSY.items() for _ in range(number)]
    peers += [f"198.51.{n // 250}.{n % 250}" for n in range(1000)]
    return sorted(
        RequestRecord(
            dice.uniform(START, NOW), dice.lognormvariate(-4, 1), "view", "GET",
            dice.choices((200, 302, 404, 503), (85, 5, 8, 2))[0], ip, dice.choice(("/a/<id>", "/b")), 10, "ann",
        )
        for ip in peers
    )  # fmt: skip


@pytest.fixture(params=LEVELS)
def level(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def stored(db: Database, level: str, monkeypatch: pytest.MonkeyPatch) -> list[RequestRecord]:
    """What an application's listeners make of the records, and PostgreSQL of that."""
    told: list[Event] = []
    metrics = Metrics()
    traffic = Traffic("api", told.extend, metrics, sampling=SamplingConfig(requests=level))  # type: ignore[arg-type]
    endpoints = EndpointRecorder("api", "v1", told.extend, metrics)
    given = records()
    monkeypatch.setattr(traffic_module.clock, "now", lambda: given[at].at)
    for at in range(0, len(given), 100):
        traffic(given[at : at + 100])
        endpoints(given[at : at + 100])
    traffic.flush()
    endpoints.flush()
    Writer(db, normal_block_from=0.7).store(told, NOW)
    return given


def asked(db: Database, name: str, **values: Any) -> list[Any]:
    with db.transaction() as connection:
        return [tuple(row) for row in connection.execute(query(name), values)]


def test_figures_and_totals_are_right_at_each_level(db: Database, stored: list[RequestRecord], level: str) -> None:
    errors = sum(one.status >= 400 for one in stored)
    good = len(stored) - errors
    ((rows, kept_errors),) = world.asked(
        db, "SELECT count(*), count(*) FILTER (WHERE status >= 400) FROM api_requests"
    )  # fmt: skip
    assert kept_errors == errors
    assert rows - errors == pytest.approx(good * LEVELS[level], abs=2 * 2)  # a method and path each
    # Endpoints: the same at every level, to the nanosecond.
    found = world.asked(
        db, "SELECT route, status::int, sum(hits)::int, sum(sum_ns)::bigint, min(min_ns), max(max_ns)"
        " FROM endpoint_minutes JOIN endpoint_series ON id = series_id GROUP BY 1, 2 ORDER BY 1, 2",
    )  # fmt: skip
    true: dict[tuple[str, int], list[int]] = {}
    for one in stored:
        true.setdefault((one.path, one.status), []).append(round(one.seconds * 1e9))
    assert found == [(*key, len(ns), sum(ns), min(ns), max(ns)) for key, ns in sorted(true.items())]
    buckets = Counter[int]()
    for (sketch,) in world.asked(db, "SELECT sketch FROM endpoint_minutes"):
        buckets.update(histogram.decode(bytes(sketch)))
    assert buckets == Counter(bucket(one.seconds) for one in stored), "and so are quantiles"
    # R1: requests by minute and ten seconds; R3: the whole against its limit.
    for width in (10, 60):
        counted = world.asked(db, "SELECT sum(requests)::int, sum(errors)::int FROM rollups WHERE width = %s", width)
        assert counted == [(len(stored), sum(one.status >= 500 for one in stored))]
    assert asked(db, "requests.count", **SPAN) == [(len(stored),)]
    # R2, R3: who asks most, and who is near its limit; what rare requests of an address there are may be missing.
    by_address = Counter(one.address for one in stored)
    assert asked(db, "requests.busiest", **SPAN, most=3) == by_address.most_common(3)
    near = asked(db, "requests.near", **SPAN, least=90, most=50, unlimited=["127.0.0.0/8"])
    assert near == by_address.most_common(3)
    count, bad = asked(db, "requests.of_address", **SPAN, ip="192.0.2.1")[0]
    assert count == by_address["192.0.2.1"]
    assert bad == sum(one.status >= 400 and one.address == "192.0.2.1" for one in stored)
    # The response time of a service, which a rule judges.
    span = {"start": to_datetime(START - 10), "end": to_datetime(NOW)}
    ((service, n, p95, failed),) = asked(db, "rules.requests", **span, quantile=0.95)
    times = sorted(one.seconds for one in stored)
    assert (service, n, failed) == ("api", len(stored), sum(one.status >= 500 for one in stored))
    assert p95 == pytest.approx(1000 * times[int(0.95 * len(times))], rel=0.1)


def test_an_endpoint_may_have_a_level_of_its_own(db: Database) -> None:
    told: list[Event] = []
    config = SamplingConfig(requests="off", endpoints={"GET /a/<id>": "all", "/b": "10 %"})
    traffic = Traffic("api", told.extend, Metrics(), sampling=config)
    traffic([one._replace(status=200) for one in records()])
    traffic.flush()
    Writer(db, normal_block_from=0.7).store(told, NOW)
    whole = Counter(one.path for one in records())
    rows = dict(world.asked(db, "SELECT path, count(*)::int FROM api_requests GROUP BY 1"))
    assert rows == {"/a/<id>": whole["/a/<id>"], "/b": pytest.approx(whole["/b"] / 10, abs=1)}
    assert asked(db, "requests.count", **SPAN) == [(sum(whole.values()),)]


def test_counts_come_when_their_ten_seconds_are_over_and_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    now = START // 10 * 10
    monkeypatch.setattr(traffic_module.clock, "now", lambda: now)
    monkeypatch.setattr(request_sampling, "MOST_ADDRESSES", 5)
    told: list[Any] = []
    listener = Traffic("api", told.extend, Metrics(), sampling=SamplingConfig(requests="off"))
    seen = RequestRecord(now + 1, 0.01, "view", "GET", 200, "", "/a", 1, None)
    listener([seen._replace(address=f"192.0.2.{n % 8}") for n in range(80)])
    assert told == []
    now += 12
    listener([])
    assert sum(one.hits for one in told) == sum(one.timed for one in told) == 80
    assert sorted(one.hits for one in told if one.ip) == [10] * 5

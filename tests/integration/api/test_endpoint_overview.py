"""The reads of endpoints equal SQL over raw rows: over any range, summed up or not, with late rows and any filter."""

import random
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec import convert, structs

from api.endpoint_detail import EndpointQuery, detail
from api.endpoint_kept import KeptPieces
from api.endpoint_overview import EndpointsQuery, overview
from collector import endpoint_rollup
from core.db.engine import Database
from core.endpoints.overview import EndpointDetail, EndpointsOverview, Figures
from core.events.performance.endpoint import Endpoint
from core.pipeline.writer import Writer
from tests import endpoint_world as world
from tests.integration.api.making import get

DAY = 1440  # minutes
START = 20_700 * DAY
NOW = (START + 4 * DAY + 500) * 60.0
ALL = EndpointsQuery()


@pytest.fixture
def kept() -> KeptPieces:
    """What was read of whole days."""
    return KeptPieces()


@pytest.fixture(params=[1, 2, 4])
def told(request: Any, db: Database, database_url: str) -> None:
    """Four days by so many writers, half of it summed up, then late rows of every day."""
    usual, late = (world.hits(number, START * 60.0, NOW, seed) for number, seed in ((3000, 1), (300, 2)))
    world.keep_raw(db, [*usual, *late])
    world.store(database_url, usual, request.param, NOW)
    while endpoint_rollup.run(db, NOW - 86_400):
        pass
    world.store(database_url, late, request.param, NOW)


def agree(found: Figures, true: list[Any]) -> None:
    assert [found.hits, found.errors] == true[:2]
    assert [found.seconds, found.least, found.most] == pytest.approx(true[2:5], rel=1e-12)
    assert [found.p50, found.p95, found.p99] == pytest.approx(true[5:], rel=0.01)


def same(db: Database, found: EndpointsOverview, where: str = "true") -> None:
    true = world.truth(db, found.first, found.after, where)
    assert {(one.route, one.method) for one in found.rows} == set(true)
    for one in found.rows:
        agree(one.figures, true[one.route, one.method])
        assert sum(one.trend) == one.figures.hits
    assert found.total.hits == sum(found.hits) == sum(row[0] for row in true.values())
    assert found.total.errors == sum(found.errors) == sum(row[1] for row in true.values())
    assert [one.figures.seconds for one in found.rows] == sorted((row[2] for row in true.values()), reverse=True)


@pytest.mark.usefixtures("told")
def test_any_range_is_what_raw_rows_say(db: Database, database_url: str, kept: KeptPieces) -> None:
    dice = random.Random(5)
    ranges = [(START, START + 4 * DAY), (START + DAY, START + 2 * DAY), (START - 90 * DAY, START + 5 * DAY)]
    for length in (7, 61, 400, 1500, 3000, 5000):
        first = START + dice.randrange(0, 4 * DAY)
        ranges.append((first, first + length))
    for span in ranges:
        same(db, overview(db, ALL, span, NOW, kept))
    while endpoint_rollup.run(db, NOW):
        pass
    for span in ranges:
        same(db, overview(db, ALL, span, NOW, kept))
    latest = world.hits(50, START * 60.0, NOW, seed=3)
    world.keep_raw(db, latest)
    world.store(database_url, latest, 1, NOW)
    same(db, overview(db, ALL, ranges[0], NOW, kept))
    while endpoint_rollup.run(db, NOW):
        pass
    for span in ranges:
        same(db, overview(db, ALL, span, NOW, kept))


@pytest.mark.usefixtures("told")
def test_hits_that_come_in_between_are_in_the_next_answer(db: Database, database_url: str, kept: KeptPieces) -> None:
    """Of the newest minutes, and late ones of what is summed up and what is not."""
    now, after = NOW, int(NOW // 60) + 1
    for seed, start in enumerate((now - 120, now - 3000, now - 7200, now - 20_000, now - 90_000, now - 30), start=10):
        latest = world.hits(20, start, min(now, start + 100), seed)
        world.keep_raw(db, latest)
        world.store(database_url, latest, 1, now)
        for length in (60, 360, 1440):
            same(db, overview(db, ALL, (after - length, after), now, kept))
        if seed % 2:
            endpoint_rollup.run(db, now)
        same(db, overview(db, ALL, (after - 60, after), now, kept))


@pytest.mark.usefixtures("told")
def test_what_a_sender_lost_is_counted_apart(db: Database, kept: KeptPieces) -> None:
    """Nobody knows how long it took: it must not make anything look faster than it was."""
    span = (START, START + 4 * DAY)
    before = overview(db, ALL, span, NOW, kept)
    event = Endpoint(
        id="x", timestamp=START * 60.0, service="shop", route="(lost)", method="_OTHER", status=0, hits=12,
        seconds_sum=0.0, seconds_min=0.0, seconds_max=0.0, buckets={-697: 12},
    )  # fmt: skip
    Writer(db, 0.7).store([event], NOW)
    found = overview(db, ALL, span, NOW, kept)
    assert (before.lost, found.lost) == (0, 12)
    assert found == structs.replace(before, lost=12, methods=[*before.methods, "_OTHER"])


@pytest.mark.usefixtures("told")
def test_filters_and_choices(db: Database, kept: KeptPieces) -> None:
    span = (START, START + 4 * DAY)
    same(db, overview(db, EndpointsQuery(method="POST"), span, NOW, kept), "method = 'POST'")
    found = overview(db, EndpointsQuery(version="v2", service="shop"), span, NOW, kept)
    same(db, found, "version = 'v2'")
    assert (found.services, found.methods) == (["shop"], ["GET", "POST"])
    assert set(found.versions) == {"v1", "v2"}
    nothing = overview(db, EndpointsQuery(service="till"), span, NOW, kept)
    assert (nothing.rows, nothing.total, nothing.methods) == ([], Figures(), [])


@pytest.mark.usefixtures("told")
def test_one_endpoint_by_time_status_and_version(db: Database) -> None:
    found = detail(db, EndpointQuery("shop", "/pay", "POST"), (START, START + 4 * DAY), NOW)
    where = "route = '/pay' AND method = 'POST'"
    agree(found.total, world.truth(db, found.first, found.after, where)["/pay", "POST"])
    for place, one in enumerate(found.bins):
        first = found.first + place * found.step
        true = world.truth(db, first, first + found.step, where).get(("/pay", "POST"))
        if true is None:
            assert one == Figures()
        else:
            agree(one, true)
            assert sum(counts[place] for counts in found.classes.values()) == one.hits
    assert sum(count for _, count in found.histogram) == found.total.hits
    assert [edge for edge, _ in found.histogram] == sorted(edge for edge, _ in found.histogram)
    for version in found.versions:
        more = f"{where} AND version = '{version.name}'"
        agree(version.figures, world.truth(db, found.first, found.after, more)["/pay", "POST"])
    for status in found.statuses:
        more = f"{where} AND status = {status.name}"
        agree(status.figures, world.truth(db, found.first, found.after, more)["/pay", "POST"])
    week = sum(one or 0 for row in found.week_hits for one in row)
    assert week * 4 == pytest.approx(found.total.hits, rel=0.01)
    assert [[one is None for one in row] for row in found.week_hits] == [
        [one is None for one in row] for row in found.week_p95
    ]


def test_routes_answer(client: FlaskClient, db: Database, database_url: str) -> None:
    now = time.time()
    world.store(database_url, world.hits(500, now - 3000, now), 1, now)
    found = convert(get(client, "/api/v1/endpoints?range=1h"), EndpointsOverview)
    assert found.total.hits == 500
    path = "/api/v1/endpoint?range=1h&service=shop&route=/cart/%3Cid%3E&method=GET"
    one = convert(get(client, path), EndpointDetail, strict=False)
    assert one.total.hits == sum(sum(counts) for counts in one.classes.values()) > 0
    unknown = convert(get(client, "/api/v1/endpoint?service=x&route=y"), EndpointDetail, strict=False)
    assert unknown.total == Figures()
    for path in (
        "endpoints?range=2h",
        "endpoints?from=2026-01-01",
        "endpoint?service=x",
        "endpoint?route=%00&service=x",
    ):
        assert client.get(f"/api/v1/{path}").status_code == 400

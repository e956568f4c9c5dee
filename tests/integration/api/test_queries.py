"""What is read of queries equals the raw calls: over minutes, hours and days, by filter, and of one query."""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from api import query_detail, query_overview
from api.context import ProcessCache
from api.query_detail import QueryQuery
from api.query_overview import QueriesQuery
from collector import query_rollup
from core.config import RetentionConfig
from core.db.engine import Database
from core.endpoints.queries import WORK
from tests import endpoint_world, query_world
from tests.query_world import Call

DAY = 86_400
NOW = 20_700 * DAY + 15 * 3600 + 1234.0
KEEP = RetentionConfig(
    raw_days=90, requests_days=90, rollup_days=730, slot_hours=48, check_days=30, partitions_ahead=2
)  # fmt: skip


@pytest.fixture
def given(db: Database) -> list[Call]:
    found = query_world.calls(3000, NOW - 3 * DAY, NOW)
    query_world.store(db, found, NOW)
    while query_rollup.run(db, NOW):
        pass
    return found


def overview(db: Database, length: int, **filtered: str) -> Any:
    after = int(NOW // 60) + 1
    asked = QueriesQuery(**filtered)  # type: ignore[arg-type]
    return query_overview.overview(db, asked, (after - length, after), NOW, 14, ProcessCache())


def within(given: list[Call], found: Any, keep: Callable[[Call], bool] = lambda _: True) -> list[Call]:
    return [one for one in given if found.first <= one.at // 60 < found.after and keep(one)]


@pytest.mark.parametrize("length", [60, 360, 1440, 10_080])
def test_every_query_is_what_its_calls_were(db: Database, given: list[Call], length: int) -> None:
    found = overview(db, length)
    groups: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for one in within(given, found):
        groups[one.kind, one.query].append(one)
    assert {(row.kind, row.query) for row in found.rows} == groups.keys()
    for row in found.rows:
        calls = groups[row.kind, row.query]
        figures = row.figures
        assert (figures.hits, row.rows, figures.errors) == (
            len(calls), sum(one.rows for one in calls), sum(one.failed for one in calls),
        )  # fmt: skip
        assert figures.seconds == pytest.approx(sum(one.ns for one in calls) / 1e9, rel=1e-9)
        assert figures.most == max(one.ns for one in calls) / 1e9
        p95 = np.quantile([one.ns / 1e9 for one in calls], 0.95, method="inverted_cdf")
        assert figures.p95 == pytest.approx(p95, rel=0.011)
        assert sum(row.trend) == len(calls)
    work = sum(one.ns for one in within(given, found, lambda one: one.kind in WORK)) / 1e9
    assert found.total == pytest.approx(work)
    assert sum(sum(sums) for kind, sums in found.seconds.items() if kind in WORK) == pytest.approx(work)
    assert sum(one.figures.seconds for one in found.callers) == pytest.approx(work)
    assert [row.figures.seconds for row in found.rows] == sorted((r.figures.seconds for r in found.rows), reverse=True)


def test_a_filter_by_endpoint_and_kind(db: Database, given: list[Call]) -> None:
    found = overview(db, 1440, route="/pay", method="POST", kind="database")
    mine = within(given, found, lambda one: (one.route, one.kind) == ("/pay", "database"))
    assert sum(row.figures.hits for row in found.rows) == len(mine) > 0
    assert {row.kind for row in found.rows} == {"database"}
    assert {(one.route, one.method) for one in found.callers} == set(query_world.ENDPOINTS), "all can be chosen"


def test_one_query_by_endpoint_and_time(db: Database, given: list[Call]) -> None:
    after = int(NOW // 60) + 1
    asked = QueryQuery(kind="database", query="incidents.one")
    found = query_detail.detail(db, asked, (after - 1440, after), NOW, 14)
    mine = within(given, found, lambda one: one.query == "incidents.one")
    assert found.total.hits == len(mine) == sum(one.hits for one in found.bins) == sum(n for _, n in found.histogram)
    by_route = {one.route: (one.figures.hits, one.rows) for one in found.callers}
    assert by_route == {
        route: (sum(c.route == route for c in mine), sum(c.rows for c in mine if c.route == route))
        for route, _ in query_world.ENDPOINTS
    }
    assert found.file == "sql/queries/alerting/incidents.sql"
    assert "SELECT" in found.text
    work = sum(one.ns for one in within(given, found, lambda one: one.kind in WORK))
    assert found.share == pytest.approx(sum(one.ns for one in mine) / work)


@pytest.mark.usefixtures("given")
def test_what_has_no_text_has_none(db: Database) -> None:
    after = int(NOW // 60) + 1
    for kind, name in (("redis", "GET"), ("database", "(commit)"), ("database", "no.such"), ("", "")):
        asked = QueryQuery(kind=kind, query=name)  # type: ignore[arg-type]
        assert query_detail.detail(db, asked, (after - 60, after), NOW, 14).text == ""


def test_hours_outlive_their_minutes(db: Database) -> None:
    now = time.time()
    old = query_world.calls(300, now - 40 * DAY, now - 39 * DAY)
    query_world.store(db, [*old, *query_world.calls(50, now - 600, now, seed=2)], now)
    while query_rollup.run(db, now):
        pass
    query_rollup.drop(db, KEEP)
    (left,) = endpoint_world.asked(db, "SELECT count(*), min(timestamp) FROM query_minutes")
    assert left[0] > 0
    assert left[1].timestamp() > now - 16 * DAY
    after = int((now - 38.9 * DAY) // 60)
    found = query_overview.overview(db, QueriesQuery(), (after - 1450, after), now, 14, ProcessCache())
    assert found.step == 60
    assert sum(row.figures.hits for row in found.rows) == sum(found.first <= one.at // 60 < found.after for one in old)
    query_rollup.drop(db, RetentionConfig(
        raw_days=9, requests_days=9, rollup_days=9, slot_hours=9, check_days=9, partitions_ahead=2, query_days=20,
    ))  # fmt: skip
    assert endpoint_world.asked(
        db, "SELECT count(*) FROM query_hours WHERE timestamp < now() - interval '21 days'"
    ) == [(0,)]

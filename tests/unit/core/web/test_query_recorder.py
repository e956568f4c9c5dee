"""Calls are added up by query and endpoint, within bounds, and wait while they cannot be stored."""

import time
from threading import get_ident

import pytest

from core.db import query_times
from core.db.query_times import OWN_CODE, POOLED, Seen
from core.errors import RedisUnavailable
from core.events import types as wire
from core.events.endpoint_series import OTHER
from core.events.performance.queries import Queries
from core.events.types import Event
from core.serving import Serving, by_thread
from core.web import query_recorder
from core.web.metrics import Metrics
from core.web.query_recorder import QueryRecorder
from core.web.request_batch import RequestRecord


@pytest.fixture
def sent() -> list[Event]:
    return []


@pytest.fixture
def recorder(sent: list[Event]) -> QueryRecorder:
    made = QueryRecorder("shop", sent.extend, Metrics())
    query_times.taken()
    return made


def rows(sent: list[Event]) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    return {
        (row.kind, row.query, row.route): (row.hits, row.rows, row.errors)
        for event in sent if isinstance(event, Queries) for row in event.queries
    }  # fmt: skip


def test_calls_count_by_name_and_request(recorder: QueryRecorder, sent: list[Event]) -> None:
    serving = Serving("api", "GET", "/a")
    by_thread[get_ident()] = serving
    began = query_times.perf_counter()
    query_times.note("database", "/* kpis.window */ SELECT 1", began, 3)
    query_times.note("database", "/* kpis.window */ SELECT 2", began, 4, True)
    query_times.note("redis", "GET", began, 1)
    del by_thread[get_ident()]
    query_times.note("database", "SELECT 1", began, -1)
    recorder([
        RequestRecord(time.time(), serving.spent + 0.5, "view", "GET", 200, "", "/a", 1, None, None, serving.spent),
        RequestRecord(time.time(), 0.1, "-", "BREW", 404, "", "/no", 1, None),
    ])  # fmt: skip
    recorder.flush()
    assert rows(sent) == {
        ("database", "kpis.window", "/a"): (2, 7, 1), ("redis", "GET", "/a"): (1, 1, 0),
        ("database", "(ping)", "(background)"): (1, 0, 0), ("own", OWN_CODE, "/a"): (1, 0, 0),
        ("own", OWN_CODE, "(unmatched)"): (1, 0, 0),
    }  # fmt: skip
    assert {event.service for event in sent if isinstance(event, Queries)} == {"api", "shop"}
    own = [row for event in sent for row in event.queries if row.kind == "own"]  # type: ignore[union-attr]
    assert own[0].seconds_sum == pytest.approx(0.5)
    assert wire.decode(wire.encode(sent)), "what is sent can be read"


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("/* kpis.window */ SELECT 1", "kpis.window"), (b"/* copy.t */ COPY t", "copy.t"), ("SELECT 1", "(ping)"),
        ("(commit)", "(commit)"), ("  UPDATE t SET a = 'secret'", "(update)"), ("/* a\nb */ SELECT", "(other)"),
        ("", "(other)"), ("'secret'", "(other)"), ("/* " + "x" * 500, "(other)"), (None, "(none)"),
    ],
)  # fmt: skip
def test_a_name_has_no_value_in_it(statement: object, name: str) -> None:
    assert query_times.name_of(statement) == name


def test_series_of_a_minute_are_bounded(
    recorder: QueryRecorder, sent: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_recorder, "SERIES", 3)
    for number in range(10):
        query_times.note("redis", f"C{number}", query_times.perf_counter(), 1)
    recorder.flush()
    found = rows(sent)
    assert len(found) <= 5, "a minute may end meanwhile"
    assert sum(hits for hits, _, _ in found.values()) == 10
    assert any(query == OTHER for _, query, _ in found)


def test_calls_that_nobody_takes_are_bounded_and_counted(
    recorder: QueryRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_times, "MOST", 5)
    for _ in range(8):
        query_times.note("redis", "GET", query_times.perf_counter())
    seen, dropped = query_times.taken()
    assert (len(seen), dropped) == (5, 3)
    assert Seen._make(seen[0]).what == "GET"
    recorder.flush()


def test_what_cannot_be_stored_waits(sent: list[Event]) -> None:
    away = [True]

    def publish(events: list[Event]) -> None:
        if away[0]:
            raise RedisUnavailable("gone")
        sent.extend(events)

    recorder = QueryRecorder("shop", publish, Metrics())
    query_times.taken()
    query_times.note("pool", POOLED, query_times.perf_counter())
    recorder.flush()
    assert sent == []
    away[0] = False
    recorder.flush()
    assert rows(sent) == {("pool", POOLED, "(background)"): (1, 0, 0)}

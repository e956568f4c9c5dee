"""Our own exceptions: each bug once between two reports, counted; a flood is bounded; what waits keeps its id."""

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from core.errors import DatabaseUnavailable
from core.events.performance.exception import MOST_FRAMES, OTHER, ExceptionReport
from core.events.types import Event
from core.web import exception_recorder
from core.web.exception_recorder import ExceptionRecorder
from core.web.metrics import Metrics


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def recorder(told: list[Event]) -> ExceptionRecorder:
    return ExceptionRecorder("api", "v1", told.extend, Metrics())


def error(call: Callable[..., Any], *arguments: Any) -> BaseException:
    try:
        call(*arguments)
    except BaseException as found:
        return found
    raise AssertionError("nothing was raised")


def broken(number: int) -> None:
    raise ValueError(f"no order {number}, password=hunter2")


def reports(told: list[Event]) -> list[ExceptionReport]:
    return [one for one in told if isinstance(one, ExceptionReport)]


def test_one_bug_is_one_report_with_its_newest_message_and_its_users(
    recorder: ExceptionRecorder, told: list[Event]
) -> None:
    for number in range(1_000):
        recorder.note(error(broken, number), "/orders/<id>", "GET", f"u{number % 2}")
    recorder.flush()
    (one,) = reports(told)
    assert (one.count, one.type, one.message) == (1_000, "ValueError", "no order 999, password=[redacted]")
    assert (one.route, one.method, one.service, one.version) == ("/orders/<id>", "GET", "api", "v1")
    assert one.users == {"u0": 500, "u1": 500}
    assert one.frames[-1].function.endswith("broken")
    assert one.frames[-1].file == "tests/unit/core/web/test_exception_recorder.py"
    assert one.frames[-1].in_app
    recorder.flush()
    assert len(told) == 1


def test_a_million_different_ones_are_bounded_counted_and_named(told: list[Event]) -> None:
    metrics = Metrics()
    recorder = ExceptionRecorder("api", "v1", told.extend, metrics)
    for number in range(2_000):
        recorder.note(error(broken, number), f"/{number}", "GET")
    recorder.flush()
    found = reports(told)
    assert len(found) <= exception_recorder.MOST + 2  # a minute may end in between
    assert sum(one.count for one in found) == 2_000
    assert sum(one.count for one in found if one.type == OTHER) >= 2_000 - 2 * exception_recorder.MOST
    rest = sum(one.count for one in found if one.type == OTHER)
    assert metrics.snapshot()["gatehouse_exceptions_beyond_limit_total"]["cells"] == [([], rest)]
    assert metrics.snapshot()["gatehouse_exceptions_total"]["cells"] == [([], 2_000)]


def test_what_cannot_be_published_waits_with_its_id() -> None:
    sent: list[list[str]] = []
    away = [True]

    def publish(events: list[Event]) -> None:
        sent.append([str(event.id) for event in events])
        if away[0]:
            raise DatabaseUnavailable("away")

    recorder = ExceptionRecorder("api", "", publish, Metrics())
    recorder.note(error(broken, 1), "/a", "GET")
    recorder.flush()
    recorder.note(error(broken, 1), "/b", "GET")
    away[0] = False
    recorder.flush()
    assert len(sent[1]) == 2
    assert sent[1][0] == sent[0][0]


def test_a_fork_leaves_what_is_known_to_its_parent(
    recorder: ExceptionRecorder, told: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.note(error(broken, 1))
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        recorder()
        recorder.flush()
    assert told == []


def test_odd_exceptions_do_no_harm(recorder: ExceptionRecorder, told: list[Event]) -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no")

    def deep(depth: int) -> None:
        deep(depth + 1)

    first, second = ValueError("\ud800\x00" * 9_000), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    chain: BaseException = ValueError("0")
    for number in range(500):
        following = ValueError(f"{number}")
        following.__cause__, chain = chain, following
    group = BaseExceptionGroup("several", [error(broken, 1), error(broken, 2)])
    for one in (Odd(), first, chain, group, error(deep, 0), KeyboardInterrupt()):
        recorder.note(one, "/a", "GET")
    recorder.flush()
    found = reports(told)
    assert [one.type.rpartition(".")[2] for one in found] == [
        "Odd", "ValueError", "ValueError", "ExceptionGroup", "RecursionError", "KeyboardInterrupt",
    ]  # fmt: skip
    assert found[0].message == "(its message could not be read)"
    assert "\x00" not in found[1].message
    assert len(found[2].causes) < 8
    assert found[3].causes[0].message.startswith("no order 1")
    assert len(found[4].frames) == MOST_FRAMES
    assert found[4].left_out > 500


def test_threads_lose_none(recorder: ExceptionRecorder, told: list[Event]) -> None:
    def run() -> None:
        for number in range(200):
            recorder.note(error(broken, number), "/a", "GET")
            if number % 50 == 0:
                recorder.flush()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.flush()
    assert sum(one.count for one in reports(told)) == 800


def test_values_that_a_client_gave_are_no_part_of_messages() -> None:
    events: list[Event] = []
    recorder = ExceptionRecorder("api", "1", events.extend, Metrics())
    given = "hunter2" * 2
    try:
        try:
            raise KeyError(f"no package {given}")
        except KeyError as cause:
            raise ValueError(f"bad path /static/{given}, user 7") from cause
    except ValueError as error:
        for _ in range(2):
            recorder.note(error, "/static/<path>", "GET", given=[given, "7"])
    recorder.flush()
    [report] = events
    assert isinstance(report, ExceptionReport)
    assert report.message == "bad path /static/[redacted], user 7"
    assert "hunter2" not in str(report)

"""Exceptions of an application: one report a bug, bounded, without secrets and without our own frames."""

import gzip
import json

import pytest
from gatehouse_client import batch, exceptions, redact
from gatehouse_client.exceptions import OTHER, Exceptions
from gatehouse_client.reporter import Reporter

from core.endpoints import fingerprint
from core.events import redaction
from core.events.performance.exception import ExceptionReport
from core.events.types import parse
from core.policy import Policy

AT = 1_790_000_000.0


def raised(call, *arguments) -> BaseException:
    try:
        call(*arguments)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def helper(number: int) -> None:
    raise ValueError(f"no order {number} for password=hunter2")


def cart(number: int) -> None:
    helper(number)


def pay(number: int) -> None:
    try:
        helper(number)
    except ValueError as error:
        raise RuntimeError("not paid") from error


def events(found: Exceptions) -> list[ExceptionReport]:
    """What the server makes of them."""
    made = list(batch.of_exceptions(found.take(), "shop", "1", "abc", 3))
    bodies = [gzip.decompress(one.body) for one in made]
    policy = Policy(version=1, profile="normal", fraud_threshold=0.6, review_from=0.4, block_from=0.7)
    parsed = [parse(body, AT, policy, sender="t") for body in bodies]
    assert [bad for _, bad in parsed] == [[]] * len(made)
    return [event for good, _ in parsed for event in good]


def test_a_thousand_messages_of_one_bug_are_one_report() -> None:
    found = Exceptions()
    for number in range(1_000):
        found.add(AT + number / 1_000, raised(cart, number), "/cart", "GET", f"u{number % 30}")
    (report,) = events(found)
    assert (report.count, report.type, report.route, report.method) == (1_000, "ValueError", "/cart", "GET")
    assert report.message == "no order 999 for password=[redacted]"
    assert (len(report.users), report.users["u0"]) == (exceptions.MOST_USERS, 34)
    assert [frame.function.rpartition(".")[2] for frame in report.frames][-2:] == ["cart", "helper"]
    assert report.frames[-1].source.strip().startswith("raise ValueError(")
    assert report.frames[-1].in_app


def test_two_bugs_of_one_helper_are_two_groups_and_a_cause_is_told() -> None:
    found = Exceptions()
    for call in (cart, pay, cart):
        found.add(AT, raised(call, 1), "/", "GET", "")
    one, another = events(found)
    assert (one.count, another.count) == (2, 1)
    assert fingerprint.of(one) != fingerprint.of(another)
    assert [cause.type for cause in another.causes] == ["ValueError"]


def test_a_million_different_ones_are_bounded_and_counted() -> None:
    found = Exceptions()
    for number in range(3_000):
        found.add(AT, raised(cart, number), f"/{number}", "GET", "u")
    reports = events(found)
    assert len(reports) == exceptions.MOST_REPORTS + 1
    assert sum(one.count for one in reports) == 3_000
    assert reports[-1].type == OTHER


def test_frames_of_all_reports_are_bounded() -> None:
    def deep(number: int, depth: int) -> None:
        if depth:
            deep(number, depth - 1)
        helper(number)

    found = Exceptions()
    for number in range(60):
        found.add(AT, raised(deep, number, 400), f"/{number}", "GET", "")
    assert sum(len(one["frames"]) for one in found.take() if one["type"] != OTHER) <= exceptions.MOST_FRAMES + 50


def test_our_own_frames_and_those_of_libraries_are_not_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    error = raised(json.loads, "{")
    found = Exceptions()
    found.add(AT, error, "/", "GET", "")
    frames = found.take()[0]["frames"]
    assert [frame["in_app"] for frame in frames[1:]] == [False] * (len(frames) - 1)
    monkeypatch.setattr(exceptions, "_OWN_MODULE", __name__.partition(".")[0])
    assert all(place[2].startswith("json") for place in exceptions.places(error.__traceback__)[0])
    own = Exceptions(("json",))
    own.add(AT, error, "/", "GET", "")
    assert {frame["in_app"] for frame in own.take()[0]["frames"]} == {True}


def test_odd_exceptions_do_no_harm() -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no")

    first, second = ValueError("a\ud800\x00"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    found = Exceptions()
    for error in (Odd(), first, ValueError("x" * 10**6)):
        found.add(AT, error, "/", "GET", "")
    assert [one.message[:12] for one in events(found)] == ["(its message", "a?\ufffd", "x" * 12]
    reporter = Reporter("http://127.0.0.1:9", "t")
    reporter.running = True
    source = reporter.source("shop", "")
    source.raised(KeyboardInterrupt(), "/", "GET")
    source.with_exceptions = False
    source.raised(ValueError(), "/", "GET")
    assert (source.exceptions.take(), reporter.status().faults) == ([], 0)


def test_the_rules_for_secrets_are_the_servers() -> None:
    assert [rule.pattern for rule in redact.RULES] == [rule.pattern for rule in redaction.RULES]
    assert redact.CARD.pattern == redaction.CARD.pattern

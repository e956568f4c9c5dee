"""One bug is one group: messages, line numbers and libraries do not count; types, causes and the way there do."""

import types
from typing import Any

import pytest

from core.endpoints import fingerprint
from core.events.performance.exception import OTHER, Cause, ExceptionReport
from core.events.stack_trace import Frame, Thrown
from core.web.raised import report_of

SOURCE = """
def helper(value):
    if value < 0:
        raise ValueError(f"bad value {value} of order {value * 7}")

class Cart:
    def total(self, value):
        return helper(value)

    def refund(self, value):
        return helper(value)

    def wrapped(self, value):
        try:
            self.total(value)
        except ValueError as error:
            raise RuntimeError("no total") from error

    def nested(self, value, depth):
        return self.nested(value, depth - 1) if depth else helper(value)
"""


def shop(source: str = SOURCE) -> Any:
    """The module, compiled as a file of the application."""
    module = types.ModuleType("shop.cart")
    exec(compile(source, "/srv/shop/cart.py", "exec"), module.__dict__)
    return module


def mark(call: Any, *arguments: Any) -> str:
    """The fingerprint of what a call raises, as our recorder reports it."""
    try:
        call(*arguments)
    except Exception as error:
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next  # without this test
        return fingerprint.of(report_of(error, "shop", own=lambda file: file.startswith("/srv/")))
    raise AssertionError("nothing was raised")


def test_a_thousand_messages_of_one_bug_are_one_group() -> None:
    cart = shop().Cart()
    assert len({mark(cart.total, -value) for value in range(1, 1001)}) == 1


def test_two_bugs_raised_in_one_helper_are_two_groups() -> None:
    cart = shop().Cart()
    assert mark(cart.total, -1) != mark(cart.refund, -1)


def test_two_hundred_lines_moved_are_no_new_group() -> None:
    before, after = (
        shop().Cart(),
        shop("x = 1\n" * 200 + SOURCE.replace("    if value", "\n" * 9 + "    if value")).Cart(),
    )
    for name in ("total", "refund", "wrapped"):
        assert mark(getattr(before, name), -1) == mark(getattr(after, name), -1)


def test_causes_and_types_count_and_the_depth_of_a_recursion_does_not() -> None:
    cart = shop().Cart()
    other = shop(SOURCE.replace("ValueError(f", "KeyError(f")).Cart()
    assert len({mark(cart.total, -1), mark(cart.wrapped, -1), mark(other.total, -1)}) == 3
    assert mark(cart.nested, -1, 3) == mark(cart.nested, -1, 90)


def frame(name: str, in_app: bool = True, **more: Any) -> Frame:
    return Frame(name, "shop.cart", in_app=in_app, **more)


def of(*frames: Frame, **more: Any) -> str:
    given: dict[str, Any] = {"type": "E", "message": "no order 12"} | more
    return fingerprint.of(ExceptionReport(service="shop", frames=list(frames), **given))


def test_libraries_count_only_where_nothing_is_own() -> None:
    assert of(frame("a"), frame("lib", False)) == of(frame("a"), frame("other", False)) == of(frame("a", line=9))
    assert of(frame("lib", False)) != of(frame("other", False))


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (
            Frame("f", "", "/srv/releases/17/shop/cart.py", in_app=True),
            Frame("f", "", "/opt/shop/cart.py", in_app=True),
        ),
        (
            Frame("f", "", "/d/main.8fd12c3a.js", in_app=True),
            Frame("f", "", "https://x/d/main.91aa02be.js?v=2", in_app=True),
        ),
        (Frame("lambda$pay$3", "a.B", in_app=True), Frame("lambda$pay$11", "a.B", in_app=True)),
        (Frame("run", "$Proxy12", in_app=True), Frame("run", "$Proxy7", in_app=True)),
        (Frame("main.func1.2", "main", in_app=True), Frame("main.func3", "main", in_app=True)),
    ],
)
def test_what_a_build_names_anew_does_not_count(one: Frame, another: Frame) -> None:
    assert of(one) == of(another)


def test_a_comprehension_is_part_of_its_function() -> None:
    assert of(frame("f"), frame("f.<locals>.<listcomp>")) == of(frame("f"))


def test_without_a_stack_the_message_counts_without_its_numbers_and_names() -> None:
    assert of(message="no order 12 of 'ann'") == of(message="no order 7 of 'bob'")
    assert of(message="no order 12") != of(message="no stock 12")
    assert of(message="x", causes=[Cause("A")]) == of(message="y", causes=[Cause("A")])


def test_what_is_beyond_a_limit_is_the_rest() -> None:
    assert of(type=OTHER) == fingerprint.REST
    assert of(frame("f"), type=OTHER) != fingerprint.REST


def test_the_culprit_is_the_innermost_own_function() -> None:
    assert fingerprint.culprit([Thrown("E", "", [frame("a"), frame("b"), frame("lib", False)])]) == "shop.cart.b"
    assert fingerprint.culprit([Thrown("E", "", [Frame("f", "", "/x/y/z.js", in_app=False)])]) == "f (y/z.js)"
    assert fingerprint.culprit([Thrown("E", "", [])]) == ""

"""Exceptions of spans: one report a bug and endpoint, whatever their messages; many different ones are bounded."""

from api.otlp.fold import Fold, Times
from api.otlp.raised import MOST, RaisedFold
from api.otlp.spans import Recorded, Span
from core.events.endpoint_series import NANO, EndpointKey
from core.events.performance.exception import OTHER
from core.events.retention import Kept

NOW = 1_790_000_000.0
KEY = EndpointKey("shop", "7", "/cart/{id}", "GET", 500, "E")
TRACE = """Traceback (most recent call last):
  File "/srv/shop/views.py", line {line}, in cart
    return total(order)
  File "/srv/shop/cart.py", line 9, in total
    raise ValueError(order)
ValueError: no order {number}
"""


def span(*recorded: Recorded, **attributes: object) -> Span:
    known = {"http.route": "/cart/{id}", "http.request.method": "GET", "http.response.status_code": 500}
    return Span("shop", "7", int(NOW * NANO) - 5, int(NOW * NANO), {**known, **attributes}, True, "E", recorded)


def recorded(number: int, line: int = 4) -> Recorded:
    return Recorded("ValueError", f"no order {number}", TRACE.format(number=number, line=line))


def test_messages_and_moved_lines_of_one_bug_are_one_report() -> None:
    fold = RaisedFold()
    for number in range(300):
        fold.add(span(recorded(number, number), **{"enduser.id": f"u{number % 3}"}), KEY)
    (report,) = fold.events("k")
    assert (report.id, report.count, report.type, report.message) == ("k:x0", 300, "ValueError", "no order 299")
    assert [frame.function for frame in report.frames] == ["cart", "total"]
    assert report.users == {"u0": 100, "u1": 100, "u2": 100}
    assert (report.route, report.method, report.version, report.timestamp) == ("/cart/{id}", "GET", "7", NOW)


def test_another_endpoint_is_another_report() -> None:
    fold = RaisedFold()
    fold.add(span(recorded(1)), KEY)
    fold.add(span(recorded(1)), KEY._replace(route="/pay"))
    assert [one.route for one in fold.events("k")] == ["/cart/{id}", "/pay"]


def test_many_different_ones_are_bounded_and_counted() -> None:
    fold = RaisedFold()
    for number in range(3_000):
        fold.add(span(Recorded(f"E{number}", "", "")), KEY._replace(service=f"s{number % 300}"))
    found = fold.events("k")
    assert len(found) <= 2 * MOST + 1
    assert sum(one.count for one in found) == 3_000
    assert OTHER in {one.type for one in found}


def test_only_what_was_taken_counts() -> None:
    fold = Fold(Times(NOW, 300.0, Kept({"endpoint": 90}, {"endpoint": "endpoint_days"})))
    late = span(recorded(1))
    late.start = late.end = 1
    for one in (span(recorded(1), recorded(2)), late, None):
        fold.add(one)
    (report,) = fold.raised.events("k")
    assert report.count == 2

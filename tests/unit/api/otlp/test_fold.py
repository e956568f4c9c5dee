"""Spans folded into what endpoints did: names, statuses, errors, times that cannot be, and bounds."""

from typing import Any

import msgspec
import pytest

from api.otlp.fold import MOST_BEYOND, MOST_SERIES, Fold, Times
from api.otlp.spans import Span
from core.events import endpoint_series
from core.events import types as events
from core.events.performance.endpoint import Endpoint
from core.events.retention import Kept

NOW = 1_780_000_000.0
NANO = 10**9
SECOND = int(NOW) * NANO
GOOD = {"http.route": "/a", "http.request.method": "GET", "http.response.status_code": 200}


def fold(*spans: Span | None) -> Fold:
    made = Fold(Times(NOW, 300.0, Kept({"endpoint": 90}, {"endpoint": "endpoint_days"})))
    for span in spans:
        made.add(span)
    return made


def span(attributes: dict[str, Any] | None = None, took: int = NANO // 4, end: int = SECOND, **more: Any) -> Span:
    told = {"service": "shop", "version": "7", "failed": False, "exception": "", **more}
    return Span(start=end - took, end=end, attributes=GOOD if attributes is None else attributes, **told)


def one(given: Span) -> Endpoint:
    [event] = fold(given).events("k")
    return event


def test_spans_of_one_series_and_minute_are_one_event() -> None:
    made = fold(span(), span(took=NANO // 2), span(end=SECOND - 60 * NANO))
    first, second = made.events("key")
    assert (made.taken, made.ignored, made.rejected.total()) == (3, 0, 0)
    assert first == Endpoint(
        id="key:0", timestamp=NOW // 60 * 60, service="shop", version="7", route="/a", method="GET", status=200,
        error_type="", hits=2, seconds_sum=0.75, seconds_min=0.25, seconds_max=0.5,
        buckets={endpoint_series.bucket(0.25): 1, endpoint_series.bucket(0.5): 1},
    )  # fmt: skip
    assert (second.id, second.timestamp, second.hits) == ("key:1", NOW // 60 * 60 - 60, 1)


@pytest.mark.parametrize(
    ("attributes", "more", "wanted"),
    [
        ({"http.method": "PUT", "http.status_code": 404, "http.route": "/b"}, {}, ("/b", "PUT", 404, "")),
        ({"http.request.method": "GET"}, {}, ("(unmatched)", "GET", 0, "")),
        ({**GOOD, "http.request.method": "BREW"}, {}, ("/a", "_OTHER", 200, "")),
        ({**GOOD, "http.response.status_code": "503"}, {}, ("/a", "GET", 503, "")),
        ({**GOOD, "http.response.status_code": 20_000}, {}, ("/a", "GET", 0, "")),
        ({**GOOD, "http.response.status_code": True}, {}, ("/a", "GET", 0, "")),
        ({**GOOD, "http.response.status_code": 500, "error.type": "500"}, {}, ("/a", "GET", 500, "")),
        ({**GOOD, "http.response.status_code": 500, "error.type": "Boom"}, {}, ("/a", "GET", 500, "Boom")),
        ({**GOOD, "http.response.status_code": 500, "error.type": "500"}, {"exception": "E"}, ("/a", "GET", 500, "E")),
        (GOOD, {"exception": "E"}, ("/a", "GET", 200, "")),
        (GOOD, {"exception": "E", "failed": True}, ("/a", "GET", 200, "E")),
        ({**GOOD, "http.route": "/a\nb\x00" + "c" * 500}, {}, ("/a\ufffdb\ufffd" + "c" * 295, "GET", 200, "")),
        ({**GOOD, "http.route": 5.0}, {}, ("(unmatched)", "GET", 200, "")),
    ],
)
def test_names_are_those_of_the_conventions_old_and_new(
    attributes: dict[str, Any], more: dict[str, Any], wanted: tuple[str, str, int, str]
) -> None:
    event = one(span(attributes, **more))
    assert (event.route, event.method, event.status, event.error_type) == wanted
    assert msgspec.convert(msgspec.to_builtins(event), events.Sent) == event  # as valid as if it had come as an event


def test_a_service_without_a_name_has_the_one_that_sdks_give() -> None:
    assert one(span(service="")).service == "unknown_service"


@pytest.mark.parametrize("given", [None, span({}), span({"error.type": "x"}), span({"rpc.system": "grpc"})])
def test_what_is_no_http_request_is_ignored(given: Span | None) -> None:
    made = fold(given)
    assert (made.taken, made.ignored, made.rejected.total()) == (0, 1, 0)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (span(took=-1), "ends before it starts"),
        (span(took=SECOND), "has no start or no end"),
        (span(end=0, took=0), "has no start or no end"),
        (span(took=10**6 * NANO + 1), "takes longer than eleven days"),
        (span(end=SECOND + 301 * NANO), "ends more than 300 s in the future"),
        (span(end=2**64 - 1), "ends more than 300 s in the future"),
        (span(end=SECOND - 91 * 86_400 * NANO), "is older than data are kept"),
    ],
)
def test_times_that_cannot_be_are_rejected_by_name(given: Span, reason: str) -> None:
    made = fold(given, span())
    assert (dict(made.rejected), made.taken) == ({reason: 1}, 1)


def test_a_million_routes_are_bounded_and_counted() -> None:
    made = fold(*(span({**GOOD, "http.route": f"/{number}"}) for number in range(20_000)))
    found = made.events("k")
    assert len(found) == MOST_SERIES + 1
    assert (found[-1].route, found[-1].hits) == ("(other)", 20_000 - MOST_SERIES)
    assert made.taken == 20_000


def test_a_million_services_are_bounded_and_rejected_by_name() -> None:
    made = fold(*(span(service=f"s{number}") for number in range(3_000)))
    assert len(made.events("k")) == MOST_SERIES + MOST_BEYOND
    assert made.rejected == {"belongs to one series too many": 3_000 - MOST_SERIES - MOST_BEYOND}


def test_what_it_makes_passes_the_check_of_events() -> None:
    import random

    rng = random.Random(1)
    made = fold(*(span(took=int(10 ** rng.uniform(0, 15)) % (10**6 * NANO)) for _ in range(2_000)))
    for event in made.events("k"):
        endpoint_series.check(event.hits, event.seconds_sum, event.seconds_min, event.seconds_max, event.buckets)

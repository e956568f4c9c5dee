"""What a sender says of an endpoint's minute: contradictions are named, and names of ours are nobody else's."""

from typing import Any

import pytest

from core import codec
from core.events import types as events
from core.events.performance.endpoint import Endpoint
from core.events.types import Rejection
from core.policy import Policy

NOW = 1_790_000_030.0
GOOD: dict[str, Any] = {
    "kind": "endpoint", "id": "x", "timestamp": NOW, "service": "shop", "route": "/cart/{id}", "method": "GET",
    "status": 200, "hits": 2, "seconds_sum": 0.03, "seconds_min": 0.01, "seconds_max": 0.02,
    "buckets": {"-232": 1, "-197": 1},
}  # fmt: skip


def parse(**changes: Any) -> tuple[list[Any], list[Rejection]]:
    body = codec.encode({**GOOD, **changes})
    return events.parse(body, NOW, Policy(0, "normal", 0.6, 0.4, 0.7), sender="token:t")


def test_an_event_is_of_its_minute() -> None:
    (found,), refused = parse()
    assert isinstance(found, Endpoint)
    assert refused == []
    assert found.timestamp == 1_789_999_980.0
    assert found.buckets == {-232: 1, -197: 1}
    assert (found.version, found.error_type, found.sender) == ("", "", "token:t")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hits": 4}, "$.seconds_sum"),
        ({"hits": 3, "seconds_sum": 0.05}, "$.buckets"),
        ({"buckets": {"-232": 2}}, "$.buckets"),
        ({"buckets": {"-232": 1, "0": 1}}, "$.buckets"),
        ({"buckets": {"-232": 1, "-100000": 1}}, "$.buckets"),
        ({"buckets": {"-232": 1, "long": 1}}, "$.buckets"),
        ({"buckets": {}}, "$.buckets"),
        ({"buckets": {"-232": 0, "-197": 2}}, "$.buckets[...]"),
        ({"seconds_min": 0.5}, "$.seconds_min"),
        ({"seconds_sum": 1.0}, "$.seconds_sum"),
        ({"seconds_max": 1e7}, "$.seconds_max"),
        ({"hits": 0}, "$.hits"),
        ({"status": 600}, "$.status"),
        ({"method": "GET /"}, "$.method"),
        ({"route": ""}, "$.route"),
        ({"route": "/" + "x" * 300}, "$.route"),
        ({"service": "a\nb"}, "$.service"),
        ({"version": "\x00"}, "$.version"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], field: str) -> None:
    good, (refused,) = parse(**changes)
    assert good == []
    assert refused.field == field


@pytest.mark.parametrize("service", ["api", "Console", "s c o r i n g", "reported:x"])
def test_nobody_else_reports_for_our_own_processes(service: str) -> None:
    (found,), _ = parse(service=service)
    assert found.service == f"reported:{service}"

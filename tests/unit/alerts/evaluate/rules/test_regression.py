"""What a deploy made worse is bad by its size; what is not worse any more is gone; services can be chosen."""

from typing import Any

from alerts.evaluate.rules import regression
from alerts.evaluate.rules.regression import Parameters, readings

LIMITS = Parameters(above=0.5)
ROW: dict[str, Any] = {
    "id": 7, "service": "shop", "version": "2", "before": "1", "route": "/cart", "method": "GET", "durations": "slower",
    "errors": "no change", "ratio": 1.2, "p95_before": 0.1, "p95_after": 1.25, "hits_before": 1000, "hits_after": 500,
    "errors_before": 0, "errors_after": 0,
}  # fmt: skip


def test_a_slower_endpoint_is_bad_and_says_by_how_much() -> None:
    (found,) = readings([ROW], frozenset(), LIMITS)
    assert (found.series, regression.judge(found, LIMITS).state) == ("shop GET /cart", "bad")
    assert found.details["said"] == "20 % slower (p95 1.25 s, before 100 ms)"
    assert found.details["previous"] == "1"


def test_more_errors_are_bad_from_so_many_points_on() -> None:
    worse = ROW | {"durations": "no change", "errors": "more errors", "errors_after": 20, "errors_before": 1}
    (found,) = readings([worse], frozenset(), LIMITS)
    assert found.details["said"] == "4.0 % errors (before 0.1 %)"
    assert readings([worse | {"errors_after": 4}], frozenset(), LIMITS) == []


def test_a_small_change_is_shown_on_the_page_only() -> None:
    assert readings([ROW | {"ratio": 1.09}], frozenset(), LIMITS) == []
    (gone,) = readings([ROW | {"ratio": 1.09}], frozenset({"shop GET /cart"}), LIMITS)
    assert gone.gone


def test_services_can_be_chosen() -> None:
    assert readings([ROW], frozenset(), Parameters(above=0.5, services=["other"])) == []
    assert len(readings([ROW], frozenset(), Parameters(above=0.5, services=["shop"]))) == 1
